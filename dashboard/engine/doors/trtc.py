"""The door for clients of TRTC cloud recording: four actions at one address.

Source: trtc.md sections 2 to 4 and 14.
"""

import asyncio
import base64
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from dashboard.clock import now_ms
from dashboard.engine.apps import TRTC, App
from dashboard.engine.channels import Publisher
from dashboard.engine.cloud import Cloud
from dashboard.engine.doors import faults, trtc_answers
from dashboard.engine.doors.body import READ_LIMIT_S
from dashboard.engine.doors.gate import TokenBucket
from dashboard.engine.doors.trtc_answers import Refusal
from dashboard.engine.doors.trtc_reading import document_of
from dashboard.engine.doors.trtc_validation import Create, read_create, read_modify, read_task
from dashboard.engine.process import Refused
from dashboard.engine.session import Session
from dashboard.engine.tasks import IN_CHANNEL, End, Phase, Task
from dashboard.protocols import trtc_tc3
from dashboard.protocols.trtc import CREATE, DELETE, DESCRIBE, MODIFY, SERVICE, VERSION
from dashboard.protocols.trtc_errors import Code

log = logging.getLogger(__name__)

_HOUR_MS = 3600 * 1000


@dataclass(frozen=True)
class Call:
    """One call whose sender is known."""

    app: App
    document: Mapping[str, Any]
    request: web.Request


class TrtcDoor:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._tuning = cloud.house.config.tuning
        self._apps = cloud.house.config.apps.of(TRTC)
        self._channels = cloud.house.channels
        self._channels.listen(self._person_changed)
        self._buckets: dict[tuple[str, str], TokenBucket] = {}
        self._kicks: set[asyncio.Task[None]] = set()
        self._actions: Mapping[str, Callable[[Call], Awaitable[dict[str, Any]]]] = {
            CREATE: self.create,
            DESCRIBE: self.describe,
            MODIFY: self.modify,
            DELETE: self.delete,
        }

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/", self.handle)]

    async def handle(self, request: web.Request) -> web.Response:
        """Every answer, also a refusal, has status 200 (section 2.3)."""
        request_id = trtc_answers.new_request_id()
        action = request.headers.get("X-TC-Action", "")
        try:
            return trtc_answers.accept(request_id, **await self._answer(request, action))
        except Refusal as refusal:
            log.info("%s: %s: %s: %s", request_id, action, refusal.code, refusal.message)
            return trtc_answers.refuse(request_id, refusal)
        except faults.Broken as broken:
            return await broken.play(request)
        except Exception:
            log.exception("%s: %s: a fault of ours", request_id, action)
            return trtc_answers.refuse(request_id, Refusal(Code.INTERNAL, "Internal error."))

    async def _answer(self, request: web.Request, action: str) -> dict[str, Any]:
        """In this order: who sends it, what is wanted, how often, what it says."""
        raw = await _body(request)
        apps = self._signed_by(request, raw)
        handler = self._actions.get(action)
        if handler is None:
            raise Refusal(Code.ACTION, f"The action `{action}` does not exist.")
        if request.headers.get("X-TC-Version") != VERSION:
            raise Refusal(Code.VERSION, f"The version must be {VERSION}.")
        self._count(apps[0], action)
        document = document_of(raw)
        wanted = str(document.get("SdkAppId"))
        app = next((app for app in apps if app.app_id == wanted), apps[0])
        call = Call(app, document, request)
        planned = faults.take(self._cloud.house.faults.answers, app.app_id, action, "error")
        if planned is None:
            return await handler(call)
        if planned.get("done"):
            with suppress(Refusal):
                await handler(call)
        raise faults.trtc_fault(planned)

    # --- actions ----------------------------------------------------------------------

    async def create(self, call: Call) -> dict[str, Any]:
        create = read_create(call.document, call.app, task_id := _task_id())
        self._check_room(call.app, create)
        await self._take_the_place(call.app, create)
        task = _task(create, call.app, task_id)
        try:
            await self._cloud.start(task)
        except OSError as fault:
            log.error("%s: cannot be kept on disk: %s", task.sid, fault)
            raise Refusal(Code.INTERNAL, "The task cannot be kept.") from fault
        await self._play_faults(call.request)
        return {"TaskId": task.sid}

    async def describe(self, call: Call) -> dict[str, Any]:
        task = self._session(call, read_task(DESCRIBE, call.document, call.app)).task
        return {
            "TaskId": task.sid,
            "Status": trtc_answers.status_of(task),
            "StorageFileList": trtc_answers.storage_files(task),
        }

    async def modify(self, call: Call) -> dict[str, Any]:
        """Replaces all it covers: what is not sent goes back to its default (section 4)."""
        session = self._session(call, str(call.document.get("TaskId") or ""), missing_ok=True)
        spec = session.task.spec if session else None
        changes = read_modify(call.document, call.app, spec)
        if session is None:
            raise _not_found()
        if session.task.phase not in (Phase.STARTING, Phase.RECORDING):
            raise Refusal(Code.FAILED, "The task is exiting.")
        changed: dict[str, Any] = {"subscription": changes.subscription}
        if session.task.spec.mode == "mix":
            changed["layout"] = changes.layout
            if changes.watermarks != session.task.spec.watermarks:
                changed["watermarks"] = changes.watermarks
        try:
            await session.change(**changed)
        except Refused as fault:
            raise Refusal(Code.INTERNAL, f"The task did not take it: {fault}") from fault
        return {"TaskId": session.task.sid}

    async def delete(self, call: Call) -> dict[str, Any]:
        """Of a task that is on its way out it is taken, and changes nothing."""
        session = self._session(call, read_task(DELETE, call.document, call.app))
        await session.stop(End.STOPPED)
        return {"TaskId": session.task.sid}

    # --- helpers ----------------------------------------------------------------------

    def _signed_by(self, request: web.Request, raw: bytes) -> list[App]:
        """The applications whose key signed these bytes (section 2.2). Raises Refusal."""
        given = trtc_tc3.parse(request.headers.get("Authorization", ""))
        written = request.headers.get("X-TC-Timestamp", "")
        if given is None or given.service != SERVICE or not _is_timestamp(written):
            raise Refusal(Code.AUTHORIZATION, "The authorization is not TC3-HMAC-SHA256.")
        timestamp = int(written)
        if abs(time.time() - timestamp) > trtc_tc3.TOLERANCE_S:
            raise Refusal(Code.CLOCK, "The timestamp is more than 5 minutes from the server's.")
        apps = [app for app in self._apps if app.key == given.secret_id]
        if not apps:
            raise Refusal(Code.SECRET_ID, "The SecretId is not found.")
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = request.query_string
        found = [
            app
            for app in apps
            if trtc_tc3.verify(given, app.secret, timestamp, headers, raw, query)
        ]
        if not found:
            raise Refusal(Code.SIGNATURE, "The signature does not match the request.")
        return found

    def _count(self, app: App, action: str) -> None:
        bucket = self._buckets.setdefault(
            (app.key, action), TokenBucket(self._tuning.trtc_rate_per_s)
        )
        if not bucket.take():
            raise Refusal(Code.RATE, f"More than {self._tuning.trtc_rate_per_s:g} calls a second.")

    def _check_room(self, app: App, create: Create) -> None:
        """Whether one task more can be taken, beside the one that it ends. Raises Refusal."""
        if not self._cloud.has_room:
            raise Refusal(Code.INTERNAL, "There is too little disk space for a task.")
        older = self._cloud.recording_as(app.app_id, create.channel, create.robot)
        own = [session for session in self._cloud.active(app.app_id) if session is not older]
        live = sum(session.task.phase in IN_CHANNEL for session in own)
        fits = self._cloud.takes(create.spec, create.channel)
        if live >= self._tuning.trtc_most_tasks or not fits:
            raise Refusal(Code.CONCURRENCY, "There are as many tasks as there may be.")

    async def _take_the_place(self, app: App, create: Create) -> None:
        """Whoever comes later under a name takes the place of the earlier one (section 3.1)."""
        older = self._cloud.recording_as(app.app_id, create.channel, create.robot)
        if older:
            await older.stop(End.REPLACED)
        await self._channels.remove(create.channel, create.robot)

    def _person_changed(self, channel: str, publisher: Publisher | None, uid: str) -> None:
        """The same, when it is a person who comes later."""
        for session in self._cloud.in_channel(channel) if publisher else ():
            if session.task.door == TRTC and session.task.recorder_uid == uid:
                kick = asyncio.create_task(session.stop(End.REPLACED))
                self._kicks.add(kick)
                kick.add_done_callback(self._kicks.discard)

    def _session(self, call: Call, task_id: str, missing_ok: bool = False) -> Session | None:
        """The recording a call is about, while it can be asked for. Raises Refusal."""
        session = self._cloud.find(call.app.app_id, task_id)
        if session and not session.task.is_over and now_ms() <= session.task.expires_ms:
            return session
        if missing_ok:
            return None
        raise _not_found()

    async def _play_faults(self, request: web.Request) -> None:
        switched = self._cloud.house.faults
        if switched.start_delay_s:
            await asyncio.sleep(switched.start_delay_s)
        if switched.start_lost > 0:
            switched.start_lost -= 1
            if request.transport:
                request.transport.abort()


def _not_found() -> Refusal:
    return Refusal(Code.NOT_FOUND, "The task does not exist or has ended.")


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(READ_LIMIT_S):
            return await request.read()
    except TimeoutError:
        raise Refusal(Code.INTERNAL, "The body did not come in time.") from None
    except web.HTTPRequestEntityTooLarge:
        raise Refusal("RequestSizeLimitExceeded", "The body is too large.") from None


def _is_timestamp(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) <= 12


def _task_id() -> str:
    """Opaque, and with the characters that clients forget to escape: "-", "+" and "."."""
    token = base64.b64encode(secrets.token_bytes(30), b"-+").decode()
    return f"-{token[:20]}+{token[20:]}."


def _task(create: Create, app: App, task_id: str) -> Task:
    at_ms = now_ms()
    return Task(
        sid=task_id,
        door=TRTC,
        app_id=app.app_id,
        resource=task_id,
        channel=create.channel,
        recorder_uid=create.robot,
        created_ms=at_ms,
        expires_ms=at_ms + create.hours * _HOUR_MS,
        spec=create.spec,
        alive_ms=at_ms,
    )
