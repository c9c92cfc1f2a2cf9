"""Reading the shared dialect's answers, whose shape nobody promises us."""

from collections.abc import Mapping
from typing import Any

from dashboard.providers.transport import Answer


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
