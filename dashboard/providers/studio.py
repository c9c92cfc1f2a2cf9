"""The engine's studio: who is in a channel, what its picture is, which recordings it has.

An account has one where its base address is an engine of ours; it takes the same key.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from dashboard.domain.recording import RecordingHandle
from dashboard.providers.base import AccountConfig, Person
from dashboard.providers.faults import Said, fault_of
from dashboard.providers.transport import Answer, Transport

PREVIEW_READ_S = 3.0
_CLOSING_FROM = 6  # statuses from here on: stopped, leaving or gone


class StudioClient:
    def __init__(self, config: AccountConfig) -> None:
        self._config = config
        self._transport = Transport(config)
        self._root = f"/studio/v1/apps/{quote(config.app_id, safe='')}"

    def people(self, channel: str) -> Sequence[Person]:
        """Everybody in a channel; nobody in one that it does not know."""
        found = self._channel("people", channel).get("people")
        return tuple(_person(item) for item in _objects(found) if item.get("uid"))

    def find(self, channel: str, recorder_uid: str) -> str | None:
        """The sid of the recording that runs in a channel under a recorder uid.

        None where there is none, or where it is not certain which one it is.
        """
        found = self._channel("find", channel).get("recordings")
        sids = [
            item["sid"]
            for item in _objects(found)
            if str(item.get("uid")) == recorder_uid
            and isinstance(item.get("sid"), str)
            and _is_running(item.get("status"))
        ]
        return sids[0] if len(sids) == 1 else None

    def preview(self, handle: RecordingHandle, width: int) -> bytes | None:
        path = f"{self._root}/recordings/{quote(_name_of(handle), safe='')}/preview.jpg"
        return self._picture("preview", path, width)

    def person_preview(self, channel: str, uid: str, width: int) -> bytes | None:
        room, who = quote(channel, safe=""), quote(uid, safe="")
        path = f"{self._root}/channels/{room}/people/{who}/preview.jpg"
        return self._picture("person_preview", path, width)

    def full_disk_mb(self) -> int | None:
        """What is left on a disk that takes no further recording; None where it takes one."""
        answer = self._transport.call("ready", "GET", "/readyz", repeatable=True)
        body = answer.body or {}
        if body.get("disk") is not False:
            return None
        left_mb = body.get("disk_free_mb")
        return left_mb if isinstance(left_mb, int) else 0

    def close(self) -> None:
        self._transport.close()

    def _picture(self, operation: str, path: str, width: int) -> bytes | None:
        answer = self._transport.call(
            operation,
            "GET",
            path,
            params={"width": str(width)},
            read_s=PREVIEW_READ_S,
            repeatable=True,
        )
        if answer.status in (204, 404):
            return None
        if answer.status != 200 or answer.content_type != "image/jpeg":
            raise self._fault(operation, answer)
        return answer.content

    def _channel(self, operation: str, channel: str) -> Mapping[str, Any]:
        path = f"{self._root}/channels/{quote(channel, safe='')}"
        answer = self._transport.call(operation, "GET", path, repeatable=True)
        if answer.status != 200 or answer.body is None:
            raise self._fault(operation, answer)
        return answer.body

    def _fault(self, operation: str, answer: Answer) -> Exception:
        words = (answer.body or {}).get("message")
        quote = self._transport.quote(str(words) if words else answer.content)
        return fault_of(answer, Said(None, quote), None, self._config, operation)


def _name_of(handle: RecordingHandle) -> str:
    return handle.get("sid") or handle["task_id"]


def _person(item: Mapping[str, Any]) -> Person:
    color = item.get("color")
    return Person(
        uid=str(item["uid"]),
        kind=str(item.get("kind") or "guest"),
        audio=item.get("audio") is True,
        video=item.get("video") is True,
        color=color if isinstance(color, str) else None,
    )


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _is_running(status: Any) -> bool:
    return str(status).isdigit() and int(status) < _CLOSING_FROM
