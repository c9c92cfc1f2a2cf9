"""Reading the shared dialect's answers, whose shape nobody promises us."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard.providers.transport import Answer


def unwrapped(answer: Answer) -> Answer:
    """An answer in a wrapper may say its status only there."""
    code = (answer.body or {}).get("Code")
    is_status = isinstance(code, int) and not isinstance(code, bool) and 200 <= code < 600
    if answer.status == 200 and is_status and isinstance(answer.body.get("Body"), Mapping):
        return replace(answer, status=code)
    return answer


def message_of(answer: Answer) -> Mapping[str, Any] | None:
    """The message itself; some services put it into {"Code", "Body"}."""
    body = answer.body
    if body and "Code" in body and isinstance(body.get("Body"), Mapping):
        return body["Body"]
    return body


def response_of(answer: Answer) -> Mapping[str, Any] | None:
    """What is told of the recording itself, None where nothing is."""
    found = (message_of(answer) or {}).get("serverResponse")
    return found if isinstance(found, Mapping) else None


def name_in(answer: Answer, field: str, most: int) -> str | None:
    """An id in an answer: text that is safe to keep and to put into an address."""
    found = (message_of(answer) or {}).get(field)
    if isinstance(found, str) and 0 < len(found) <= most and found.isprintable():
        return found
    return None
