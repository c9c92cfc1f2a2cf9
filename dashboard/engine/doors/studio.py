"""What no vendor's interface can say: who is in a channel, test cards, the picture right now.

For the dashboard's own account and for tests. Same authorization as the vendor's door.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from dashboard.engine.apps import ANYRTC, App
from dashboard.engine.budget import BASE, PER_MEGAPIXEL
from dashboard.engine.callback_faults import CallbackFaults
from dashboard.engine.cloud import Cloud
from dashboard.engine.disk import free_mb
from dashboard.engine.doors.agora_answers import status_of
from dashboard.engine.doors.body import Fields, read_object
from dashboard.engine.doors.dialects import DIALECTS
from dashboard.engine.doors.errors import bad_parameter, gateway_error
from dashboard.engine.doors.faults import EVERY_CALL
from dashboard.engine.doors.faults import read as read_planned
from dashboard.engine.doors.gate import Gate
from dashboard.engine.tasks import IN_CHANNEL
from dashboard.protocols import agora, trtc
from dashboard.protocols.agora import Range

_APP = "/studio/v1/apps/{app_id}"
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_PREVIEW_WIDTH = Range(16, 1920, 480)
_COUNT = Range(0, 1_000_000)
_FILE_KIND, _CARD_KIND = "file", "testcard"
_FILMS = (".mp4", ".ts")


class Studio:
    def __init__(self, cloud: Cloud, gate: Gate) -> None:
        self._cloud = cloud
        self._gate = gate
        self._channels = cloud.house.channels

    def routes(self) -> list[web.RouteDef]:
        person = _APP + "/channels/{channel}/people/{uid}"
        return [
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get(_APP + "/budget", self.budget),
            web.get(_APP + "/channels", self.channels),
            web.get(_APP + "/channels/{channel}", self.channel),
            web.put(person, self.put_person),
            web.delete(person, self.remove_person),
            web.get(person + "/preview.jpg", self.person_preview),
            web.get(_APP + "/recordings/{sid}/preview.jpg", self.preview),
            web.post("/studio/v1/faults", self.set_faults),
        ]

    async def alive(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def ready(self, request: web.Request) -> web.Response:
        """Whether a recording could be taken now: there is room, and a worker comes up."""
        house = self._cloud.house
        house.workers.warm()
        report = {
            "disk": self._cloud.has_room,
            "disk_free_mb": free_mb(house.config.data),
            "worker": house.workers.can_start,
            "recordings": len(self._cloud.active()),
        }
        ok = report["disk"] and report["worker"]
        return web.json_response({"ok": ok, **report}, status=200 if ok else 503)

    async def budget(self, request: web.Request) -> web.Response:
        """What the machine carries, in cores; limit null where nobody asks."""
        self._gate.check(request, counted=False)
        running = self._cloud.running()
        found = self._cloud.house.budget.read(running)
        bounded = math.isfinite(found.limit)
        return web.json_response(
            {
                "recordings": len(running),
                "cores": found.cores,
                "limit": round(found.limit, 3) if bounded else None,
                "used": round(found.used, 3),
                "free": round(found.free, 3) if bounded else None,
                "base": round(found.factor * BASE, 4),
                "per_megapixel": round(found.factor * PER_MEGAPIXEL, 4),
                "disk_free_mb": free_mb(self._cloud.house.config.data),
            }
        )

    async def channels(self, request: web.Request) -> web.Response:
        app = self._gate.check(request, counted=False)
        recorded = {session.task.channel for session in self._cloud.active(app.app_id)}
        names = sorted({*self._channels.names(), *recorded})
        return web.json_response({"channels": [self._room(app, name) for name in names]})

    async def channel(self, request: web.Request) -> web.Response:
        app = self._gate.check(request, counted=False)
        return web.json_response(self._room(app, _channel(request)))

    async def put_person(self, request: web.Request) -> web.Response:
        app = self._gate.check(request, counted=False)
        channel, uid = _channel(request), _uid(request, app)
        body = await read_object(request) if request.can_read_body else {}
        changes = _changes(body, self._cloud.house.config.media)
        publisher = await self._channels.put(channel, uid, **changes)
        return web.json_response(publisher.to_json())

    async def remove_person(self, request: web.Request) -> web.Response:
        app = self._gate.check(request, counted=False)
        await self._channels.remove(_channel(request), _uid(request, app))
        return web.Response(status=204)

    async def person_preview(self, request: web.Request) -> web.Response:
        """What they look like now, whether they are recorded or not."""
        app = self._gate.check(request, counted=False)
        uid = _uid(request, app)
        people = {person.uid: person for person in self._channels.people(_channel(request))}
        if uid not in people:
            raise gateway_error(404, "nobody of this uid is in the channel")
        picture = await self._cloud.painter.picture(people[uid], _width(request))
        return _jpeg(picture)

    async def preview(self, request: web.Request) -> web.Response:
        app = self._gate.check(request, counted=False)
        session = self._cloud.find(app.app_id, request.match_info["sid"])
        if session is None or session.task.phase not in IN_CHANNEL:
            raise gateway_error(404, "this recording is not running")
        return _jpeg(await session.preview(_width(request)))

    async def set_faults(self, request: web.Request) -> web.Response:
        """Switches for tests; what is not named stays. See `Faults`."""
        self._gate.check(request, counted=False)
        if not self._cloud.house.config.tuning.faults:
            raise gateway_error(403, "fault switches are locked on this engine (--tune faults=0)")
        fields = Fields("Faults", await read_object(request))
        faults = self._cloud.house.faults
        if fields.has("start_lost"):
            faults.start_lost = fields.integer("start_lost", _COUNT)
        faults.start_delay_s = fields.number("start_delay_s", 0, 60, faults.start_delay_s)
        faults.callbacks_off = fields.switch("callbacks_off", faults.callbacks_off)
        faults.storage_off = fields.switch("storage_off", faults.storage_off)
        faults.trtc_quirks = fields.switch("trtc_quirks", faults.trtc_quirks)
        planned = fields.objects("answers", 20)
        if planned is not None:
            faults.answers = [read_planned(item) for item in planned]
        notices = fields.objects("callbacks", 20)
        if notices is not None:
            faults.callbacks = dict(_callback_fault(item) for item in notices)
        self._cloud.house.notifier.muted = faults.callbacks_off
        return web.json_response(asdict(faults))

    def _room(self, app: App, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "people": [person.to_json() for person in self._channels.people(name)],
            "recordings": [
                {
                    "sid": session.task.sid,
                    "uid": session.task.recorder_uid,
                    "status": int(status_of(session.task)),
                    "recorded_s": round(session.recorded_s, 3),
                }
                for session in self._cloud.active(app.app_id)
                if session.task.channel == name
            ],
        }


def _jpeg(picture: bytes | None) -> web.Response:
    if picture is None:
        return web.Response(status=204)
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=picture, content_type="image/jpeg", headers=headers)


def _channel(request: web.Request) -> str:
    name = request.match_info["channel"]
    if not agora.is_channel_name(name.removeprefix(trtc.ROOM_NUMBER_MARK)):
        raise bad_parameter("the channel's name has characters that no channel may have")
    return name


def _uid(request: web.Request, app: App) -> str:
    """As the app's vendor has them. TRTC's are text, too."""
    uid = request.match_info["uid"]
    dialect = DIALECTS.get(app.dialect, DIALECTS[ANYRTC])
    if not dialect.is_uid(uid):
        raise bad_parameter(f"uid must be {dialect.uid_words}")
    return uid


def _width(request: web.Request) -> int:
    text = request.query.get("width", str(_PREVIEW_WIDTH.default))
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise bad_parameter("width must be an integer")
    return min(max(int(text), _PREVIEW_WIDTH.low), _PREVIEW_WIDTH.high)


def _changes(body: Mapping[str, Any], media: Path) -> dict[str, Any]:
    """What of a publisher is to be changed. media: the folder that files come from."""
    fields = Fields("Person", body)
    changes: dict[str, Any] = {}
    color = fields.text("color")
    if color is not None:
        if not _COLOUR.fullmatch(color):
            raise fields.wrong("color", "must be #RRGGBB")
        changes["color"] = color
    if fields.has("tone_hz"):
        changes["tone_hz"] = fields.number("tone_hz", 20, 20_000)
    for name in ("audio", "video", "screen"):
        if fields.has(name):
            changes[name] = fields.switch(name)
    if fields.has("file"):
        changes["file"] = _file(fields, media)
        changes["kind"] = _FILE_KIND if changes["file"] else _CARD_KIND
    return changes


def _file(fields: Fields, media: Path) -> str:
    """Relative to the media folder, and inside it wherever links lead; "" for none."""
    name = fields.text("file", longest=255)
    if not name:
        return ""
    if "\0" in name or Path(name).suffix.lower() not in _FILMS:
        raise fields.wrong("file", f"must end in one of {', '.join(_FILMS)}")
    path = (media / name).resolve()
    if not (path.is_relative_to(media.resolve()) and path.is_file()):
        raise fields.wrong("file", "must be a file in the media folder of the engine")
    return path.relative_to(media.resolve()).as_posix()


def _callback_fault(item: Fields) -> tuple[str, CallbackFaults]:
    """The App ID, "*" for all, and what is done to its callbacks."""
    return item.text("app") or EVERY_CALL, CallbackFaults(
        drop=item.integer("drop", Range(0, 1000, 0)),
        delay_s=item.number("delay_s", 0, 600, 0.0),
        copies=item.integer("copies", Range(1, 10, 1)),
        reorder=item.switch("reorder"),
        forge=item.switch("forge"),
    )
