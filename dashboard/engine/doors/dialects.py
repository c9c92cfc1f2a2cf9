"""The two ways of speaking an interface that Agora and anyRTC share.

Source: agora-anyrtc.md, section 14 for what anyRTC does otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from dashboard.engine.apps import AGORA, ANYRTC
from dashboard.engine.doors.errors import Answer
from dashboard.engine.tasks import Task
from dashboard.protocols import agora, agora_storage, anyrtc
from dashboard.protocols.agora_storage import StorageVendor

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Dialect:
    """is_uid, uid_words: who may be called what. stores: by `storageConfig.vendor`.

    wrapped: answers come as {"Code", "Body"}, and name no channel and no uid.
    file_key: what a file's name is called in a list of files.
    stop_is_bare: a stop may come without clientRequest.
    """

    name: str
    is_uid: Callable[[str], bool]
    uid_words: str
    stores: Mapping[int, StorageVendor]
    wrapped: bool = False
    file_key: str = "fileName"
    stop_is_bare: bool = False

    def say(self, body: Body, http: int = 200) -> web.Response:
        if not self.wrapped:
            return web.json_response(body, status=http)
        kept = {name: body[name] for name in body if name not in ("cname", "uid")}
        return web.json_response({"Code": http, "Body": kept}, status=http)

    def speak(self, answer: Answer) -> web.Response:
        """How it says no."""
        body = answer.body
        if self.wrapped:
            body = {name: body[name] for name in body if name in ("code", "reason", "message")}
        return self.say(body, answer.http)


DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            AGORA,
            agora.is_uid,
            "a uid, a decimal string from 1 to 4294967295",
            {**agora_storage.VENDORS, agora_storage.PRIVATE_VENDOR: anyrtc.STORES[100]},
        ),
        Dialect(
            ANYRTC,
            anyrtc.is_uid,
            "a uid, a string of 1 to 48 characters",
            anyrtc.STORES,
            wrapped=True,
            file_key=anyrtc.FILE_KEY,
            stop_is_bare=True,
        ),
    )
}


def dialect_of(task: Task) -> Dialect:
    """Of a task that came through this door."""
    return DIALECTS[task.door]
