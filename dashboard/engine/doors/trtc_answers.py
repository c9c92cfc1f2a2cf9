"""How TRTC's door says yes and no. Source: trtc.md 2.3 and section 4.

The official client is strict: the status is 200 whatever happens, the type is plain
`application/json`, and an error stands beside a RequestId.
"""

import json
import uuid
from typing import Any

from aiohttp import web

from dashboard.engine.tasks import IN_CHANNEL, Phase, Task
from dashboard.protocols.trtc import Status


class Refusal(Exception):
    """Ends a call with this error. code: see trtc_errors."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = str(code), message


def accept(request_id: str, **members: Any) -> web.Response:
    return _response({**members, "RequestId": request_id})


def refuse(request_id: str, refusal: Refusal) -> web.Response:
    error = {"Code": refusal.code, "Message": refusal.message}
    return _response({"Error": error, "RequestId": request_id})


def new_request_id() -> str:
    return str(uuid.uuid4())


def status_of(task: Task) -> Status:
    """Of a recording that can still be asked for. Exited: on its way out, files may be missing."""
    if task.phase not in IN_CHANNEL or task.phase is Phase.STOPPING:
        return Status.EXITED
    return Status.IN_PROGRESS if task.recorded else Status.IDLE


def storage_files(task: Task) -> list[dict[str, Any]]:
    """StorageFileList: every index that was begun; none where files go to the media library."""
    if task.spec.library is not None or not task.spec.hls:
        return []
    return [
        {
            "UserId": item["uid"],
            "FileName": item["name"],
            "TrackType": item["medium"],
            "BeginTimeStamp": item["start_ms"],
        }
        for item in task.files
        if item["kind"] == "hls"
    ]


def _response(members: dict[str, Any]) -> web.Response:
    body = json.dumps({"Response": members}).encode()
    return web.Response(body=body, headers={"Content-Type": "application/json"})
