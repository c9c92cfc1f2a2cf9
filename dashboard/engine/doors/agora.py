"""The door for clients of Agora's and anyRTC's cloud recording, wire-compatible.

Both vendors' clients call the same paths; the App ID decides whose words are spoken.
Source: agora-anyrtc.md sections 1 to 8, 14 and 16.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiohttp import web

from dashboard.clock import now_ms
from dashboard.engine.apps import AGORA, ANYRTC, App
from dashboard.engine.cloud import Cloud
from dashboard.engine.doors import agora_answers, faults
from dashboard.engine.doors.agora_layout import read_layout
from dashboard.engine.doors.agora_resource import Resource, fingerprint, seal, unseal
from dashboard.engine.doors.agora_storage import renewed
from dashboard.engine.doors.agora_subscription import read_update
from dashboard.engine.doors.agora_validation import Who, read_acquire, read_start, read_who
from dashboard.engine.doors.body import Fields, read_object
from dashboard.engine.doors.dialects import DIALECTS, Dialect
from dashboard.engine.doors.errors import SPEAK, Answer, bad_parameter, service_error
from dashboard.engine.doors.gate import Gate
from dashboard.engine.process import Refused
from dashboard.engine.session import Session
from dashboard.engine.tasks import IN_CHANNEL, End, Kind, Phase, Spec, Task
from dashboard.protocols import agora
from dashboard.protocols.agora import Scene
from dashboard.protocols.agora_errors import (
    ACQUIRE,
    QUERY,
    START,
    STOP,
    UPDATE,
    UPDATE_LAYOUT,
    Code,
)

log = logging.getLogger(__name__)

_CLOUD = agora.PATH
_TASK = "/resourceid/{rid}/sid/{sid}/mode/{mode}/"
_HOUR_MS = 3600 * 1000
_MODES = ("mix", "individual")
"""What this engine can record."""
Handler = Callable[[web.Request], Awaitable[web.Response]]


class AgoraDoor:
    def __init__(self, cloud: Cloud, gate: Gate) -> None:
        self._cloud = cloud
        self._gate = gate
        self._config = cloud.house.config

    def routes(self) -> list[web.RouteDef]:
        areas = "|".join(agora.REGION_PREFIXES)
        made = [web.get(f"/v{version}/ncs/ip", self.sources) for version in (1, 2)]
        for method, path, call, handler in (
            ("POST", "/acquire", ACQUIRE, self.acquire),
            ("POST", "/resourceid/{rid}/mode/{mode}/start", START, self.start),
            ("GET", _TASK + "query", QUERY, self.query),
            ("POST", _TASK + "update", UPDATE, self.update),
            ("POST", _TASK + "updateLayout", UPDATE_LAYOUT, self.update_layout),
            ("POST", _TASK + "stop", STOP, self.stop),
        ):
            for area in ("", f"/{{area:(?:{areas})}}"):
                guarded = self._guarded(call, handler)
                made.append(web.route(method, area + _CLOUD + path, guarded))
        return made

    def _guarded(self, call: str, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.Response:
            app = self._gate.check(request, AGORA, ANYRTC, counted=False)
            request["app"], dialect = app, DIALECTS[app.dialect]
            request["dialect"], request[SPEAK] = dialect, dialect.speak
            self._gate.count(app)
            planned = faults.take(self._cloud.house.faults.answers, app.app_id, call, "code")
            if planned:
                return await _misbehave(planned, request, handler)
            return await handler(request)

        return guarded

    # --- calls ------------------------------------------------------------------------

    async def acquire(self, request: web.Request) -> web.Response:
        who, client = await _read(request, "Acquire")
        wish = read_acquire(client)
        if not self._cloud.takes():
            raise service_error(400, Code.OVERLOAD, "vendor_over_load")
        app: App = request["app"]
        promised = "" if wish.start is None else fingerprint(wish.start, app.secret)
        resource = Resource(
            app.app_id, who.channel, who.uid, now_ms(), wish.hours, wish.scene, promised
        )
        rid = seal(resource, app.secret)
        return _said(request, {"cname": who.channel, "uid": who.uid, "resourceId": rid})

    async def start(self, request: web.Request) -> web.Response:
        mode = _mode(request, "Start")
        who, client = await _read(request, "Start")
        spec = read_start(client, mode, request["dialect"])
        resource = self._unsealed(request)
        self._check_start(resource, who, request.match_info["rid"])
        if resource.promised not in ("", fingerprint(client.document, request["app"].secret)):
            raise bad_parameter("Start: clientRequest does not equal startParameter of acquire")
        if not self._cloud.takes(spec, who.channel):
            reason = "no worker allocated: the machine, or its disk, carries no more"
            raise service_error(500, Code.NO_WORKER, reason)
        task = self._task(request, resource, spec)
        try:
            await self._cloud.start(task)
        except OSError as fault:
            log.error("%s: cannot be kept on disk: %s", task.sid, fault)
            raise service_error(500, Code.NO_WORKER, "no worker allocated: disk") from fault
        await self._play_faults(request)
        return _said(request, agora_answers.identity(task))

    async def query(self, request: web.Request) -> web.Response:
        session = self._session(request, "Query")
        if session.task.phase is Phase.ENDED:
            raise _not_found(request, session.task)
        return _with(request, session.task, agora_answers.query_response(session.task))

    async def update(self, request: web.Request) -> web.Response:
        session, client = await self._running(request, "Update")
        spec, dialect = session.task.spec, request["dialect"]
        config = client.object("storageConfig")
        storage = renewed(config, dialect, spec) if config else None
        if client.has("streamSubscribe"):
            most = agora.REGIONS_MAX if spec.mode == "mix" else None
            lists = read_update(client, spec.streams, spec.subscription, dialect, most)
            await _change(session, subscription=lists)
        elif not config:
            raise bad_parameter("Update: clientRequest has nothing to update")
        await session.renew_storage(storage)
        return _said(request, agora_answers.identity(session.task))

    async def update_layout(self, request: web.Request) -> web.Response:
        session, client = await self._running(request, "UpdateLayout")
        if session.task.spec.mode != "mix":
            raise bad_parameter("UpdateLayout: is for mix mode only")
        await _change(session, layout=read_layout(client, request["dialect"]))
        return _said(request, agora_answers.identity(session.task))

    async def stop(self, request: web.Request) -> web.Response:
        session, client = await self._known(request, "Stop")
        task = session.task
        wait = not client.switch("async_stop")
        if task.is_over:
            raise _not_found(request, task)
        if task.phase not in IN_CHANNEL or task.phase is Phase.STOPPING:
            await session.tell(Kind.MISPLACED_CALL)
            reason = "invalid operation: the recording is being stopped"
            raise service_error(400, Code.INVALID_OPERATION, reason, **agora_answers.identity(task))
        await session.stop(End.STOPPED)
        if wait:
            await session.wait_over(self._config.tuning.sync_stop_s)
        if not (task.recorded or task.files):
            reason = "no recorded data: nobody published"
            raise service_error(206, Code.NO_DATA, reason, **agora_answers.identity(task))
        if wait and not (task.is_over or task.backed_up):
            reason = "request not completed: the upload goes on"
            raise service_error(206, Code.NOT_COMPLETED, reason, **agora_answers.identity(task))
        return _with(request, task, agora_answers.stop_response(task))

    async def sources(self, request: web.Request) -> web.Response:
        """From which addresses callbacks come: from where we answer."""
        self._gate.check(request, AGORA)
        host = request.transport.get_extra_info("sockname")[0]
        return web.json_response({"data": {"service": {"hosts": [{"primaryIP": host}]}}})

    # --- helpers ----------------------------------------------------------------------

    def _unsealed(self, request: web.Request) -> Resource:
        app: App = request["app"]
        resource = unseal(request.match_info["rid"], app.secret)
        if resource is None:
            raise service_error(400, Code.RESOURCE_UNREADABLE, "resourceId cannot be decrypted")
        if resource.app_id != app.app_id:
            raise service_error(400, Code.RESOURCE_MISMATCH, "appid does not match resourceId")
        return resource

    def _check_start(self, resource: Resource, who: Who, rid: str) -> None:
        """In this order: whose it is, whether it was used, how old it is, who else records."""
        identity = {"cname": who.channel, "uid": who.uid, "resourceId": rid}
        if who != Who(resource.channel, resource.uid):
            reason = "cname or uid does not match resourceId"
            raise service_error(400, Code.PARAMETER_ILLEGAL, reason, **identity)
        if self._cloud.of_resource(rid):
            raise service_error(201, Code.STARTED_ALREADY, "already started", **identity)
        if now_ms() - resource.issued_ms > self._config.tuning.resource_life_s * 1000:
            reason = "resourceId is older than 5 minutes"
            raise service_error(400, Code.RESOURCE_EXPIRED, reason, **identity)
        if resource.scene != Scene.RTC:
            raise bad_parameter(f"Start: scene {resource.scene} of acquire is not for this mode")
        if self._cloud.recording_as(resource.app_id, who.channel, who.uid):
            reason = "task conflict: this uid is recording this channel"
            raise service_error(400, Code.TASK_CONFLICT, reason, **identity)

    def _task(self, request: web.Request, resource: Resource, spec: Spec) -> Task:
        at_ms = now_ms()
        return Task(
            sid=secrets.token_hex(16),
            door=request["dialect"].name,
            app_id=resource.app_id,
            resource=request.match_info["rid"],
            channel=resource.channel,
            recorder_uid=resource.uid,
            created_ms=at_ms,
            expires_ms=at_ms + resource.hours * _HOUR_MS,
            spec=spec,
            alive_ms=at_ms,
        )

    async def _play_faults(self, request: web.Request) -> None:
        switched = self._cloud.house.faults
        if switched.start_delay_s:
            await asyncio.sleep(switched.start_delay_s)
        if switched.start_lost > 0:
            switched.start_lost -= 1
            if request.transport:
                request.transport.abort()

    def _session(self, request: web.Request, call: str) -> Session:
        """The recording a call is about. Raises Answer: 404, 1003 or code 2."""
        session = self._cloud.find(request["app"].app_id, request.match_info["sid"])
        if session is None or now_ms() > session.task.expires_ms:
            raise _not_found(request)
        if _mode(request, call) != session.task.spec.mode:
            raise bad_parameter(f"{call}: mode must be that of the start")
        if session.task.resource != request.match_info["rid"]:
            raise service_error(400, Code.RESOURCE_MISMATCH, "sid does not belong to resourceId")
        return session

    async def _known(self, request: web.Request, call: str) -> tuple[Session, Fields]:
        session = self._session(request, call)
        bare = call == "Stop" and request["dialect"].stop_is_bare
        who, client = await _read(request, call, bare)
        if who != Who(session.task.channel, session.task.recorder_uid):
            reason = "cname or uid does not match resourceId"
            identity = agora_answers.identity(session.task)
            raise service_error(400, Code.PARAMETER_ILLEGAL, reason, **identity)
        return session, client

    async def _running(self, request: web.Request, call: str) -> tuple[Session, Fields]:
        """As `_known`, while it can still be changed."""
        session, client = await self._known(request, call)
        if session.task.phase not in (Phase.STARTING, Phase.RECORDING):
            raise _not_found(request, session.task)
        return session, client


async def _misbehave(
    planned: faults.Planned, request: web.Request, handler: Handler
) -> web.StreamResponse:
    if planned.get("done"):
        with suppress(Answer):
            await handler(request)
    try:
        raise faults.agora_fault(planned)
    except faults.Broken as broken:
        return await broken.play(request)


async def _read(request: web.Request, call: str, bare: bool = False) -> tuple[Who, Fields]:
    """bare: clientRequest may be missing."""
    fields = Fields(call, await read_object(request))
    who = read_who(fields, request["dialect"])
    client = fields.object("clientRequest", required=not bare)
    return who, client or Fields(call, {})


async def _change(session: Session, **changes: Any) -> None:
    try:
        await session.change(**changes)
    except Refused as fault:
        identity = agora_answers.identity(session.task)
        raise service_error(206, Code.NOT_COMPLETED, str(fault), **identity) from fault


def _mode(request: web.Request, call: str) -> str:
    mode = request.match_info["mode"]
    if mode in _MODES:
        return mode
    if mode == "web":
        raise bad_parameter(f"{call}: mode web is not offered: this engine records no web pages")
    raise bad_parameter(f"{call}: mode {mode!r} is not offered; choose individual or mix")


def _not_found(request: web.Request, task: Task | None = None) -> Exception:
    known = {"resourceId": request.match_info["rid"], "sid": request.match_info["sid"]}
    identity = agora_answers.identity(task) if task else known
    return service_error(404, Code.WORKER_NOT_FOUND, "failed to find worker", **identity)


def _said(request: web.Request, body: dict[str, Any]) -> web.Response:
    dialect: Dialect = request["dialect"]
    return dialect.say(body)


def _with(request: web.Request, task: Task, response: dict[str, Any]) -> web.Response:
    return _said(request, {**agora_answers.identity(task), "serverResponse": response})
