"""A recording cloud in memory: honest about what it is asked, with faults one can switch on.

It answers the provider interface, reports with Agora's real callbacks, signed, and writes
files into a bucket folder as the engine does.
"""

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.clock import to_ms
from dashboard.domain.recording import OutputFile, Phase, RecordingSnapshot
from dashboard.errors import ProviderRefused, ProviderUnavailable, text
from dashboard.protocols.signatures import agora_headers
from dashboard.providers.agora import abilities
from dashboard.providers.base import Person

SECRET = "the callback secret"
JPEG = b"\xff\xd8\xff\xe0 a picture "


@dataclass
class Task:
    """One recording in the cloud."""

    sid: str
    channel: str
    uid: str
    prefix: tuple[str, ...]
    phase: Phase = Phase.RUNNING
    sequence: int = 0

    @property
    def stem(self) -> str:
        return "/".join((*self.prefix, f"{self.sid}_{self.channel}"))


@dataclass
class Cloud:
    """first: number of its first recording; clouds of two processes name theirs apart.
    down: nothing is answered. starts_lost: so many starts are carried out unanswered.
    refuse: starts are refused with this (code, words). during_start: called inside of one.
    layouts: all that were taken. layout_fault: "refused", or "unknown" (taken, not answered).
    subscriptions: the same of whom it records, each with the profile that came along.
    asked_for: channels that the studio was asked about.
    keys: storages as they were renewed. key_fault: raised instead.
    overlaps: how often a layout was sent while another one was. picture: handle -> JPEG.
    """

    bucket: Path
    now: Callable
    first: int = 0
    down: bool = False
    starts_lost: int = 0
    starts_never_arrive: int = 0
    refuse: tuple[str, str] | None = None
    stops_fail: int = 0
    during_start: Callable | None = None
    tasks: dict[str, Task] = field(default_factory=dict)
    resources: dict[str, str | None] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=dict)
    layouts: list = field(default_factory=list)
    layout_fault: str | None = None
    keys: list = field(default_factory=list)
    key_fault: Exception | None = None
    during_layout: Callable | None = None
    layouting: bool = False
    overlaps: int = 0
    subscriptions: list = field(default_factory=list)
    pictures: int = 0
    full_disk_mb: int | None = None
    picture: Callable | None = None
    asked: list[str] = field(default_factory=list)
    asked_for: set[str] = field(default_factory=set)

    def answer(self, operation: str) -> None:
        self.asked.append(operation)
        if self.down:
            raise ProviderUnavailable(
                text("The account does not answer."),
                vendor="memory",
                operation=operation,
                outcome="refused" if operation == "prepare" else "unknown",
            )

    def running(self) -> list[Task]:
        return [task for task in self.tasks.values() if task.phase is Phase.RUNNING]

    def callback(self, task: Task, event: int, at=None, sequence=None, **details):
        """(headers, raw) of a genuine callback."""
        if sequence is None:
            sequence, task.sequence = task.sequence, task.sequence + 1
        ms = to_ms(at or self.now())
        body = {
            "noticeId": f"{task.sid}-{sequence}-{event}",
            "productId": 3,
            "eventType": event,
            "notifyMs": ms,
            "payload": {
                "cname": task.channel,
                "uid": task.uid,
                "sid": task.sid,
                "sequence": sequence,
                "sendts": ms,
                "serviceType": 0,
                "details": details,
            },
        }
        raw = json.dumps(body).encode()
        return agora_headers(SECRET, raw), raw

    def upload(self, task: Task, slices: int = 2, ended: bool = True, mp4: bool = True) -> list:
        """Put files into the bucket. Returns Agora's fileList of them."""
        folder = self.bucket.joinpath(*task.prefix)
        folder.mkdir(parents=True, exist_ok=True)
        names = [f"{task.sid}_{task.channel}_2026010100000{n}000.ts" for n in range(slices)]
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:15"]
        for name in names:
            (folder / name).write_bytes(b"G" * 188)
            lines += ["#EXTINF:15.0,", name]
        lines += ["#EXT-X-ENDLIST"] if ended else []
        (self.bucket / f"{task.stem}.m3u8").write_text("\n".join(lines))
        told = [{"fileName": f"{task.stem}.m3u8", "trackType": "audio_and_video"}]
        if mp4:
            (self.bucket / f"{task.stem}_0.mp4").write_bytes(b"mp4")
            told.insert(0, {"fileName": f"{task.stem}_0.mp4", "trackType": "audio_and_video"})
        return told


class MemoryClient:
    """A RecordingProvider."""

    capabilities = abilities.CAPABILITIES

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def prepare(self, spec):
        self.cloud.answer("prepare")
        resource = f"resource-{len(self.cloud.resources)}"
        self.cloud.resources[resource] = None
        return {
            "resource_id": resource,
            "channel": spec.channel,
            "recorder_uid": spec.profile.recorder_uid,
        }

    def start(self, spec, handle):
        cloud = self.cloud
        cloud.answer("start")
        if cloud.during_start:
            cloud.during_start()
        if cloud.refuse:
            raise self._refused("start")
        if cloud.starts_never_arrive:
            cloud.starts_never_arrive -= 1
            raise self._lost("start")
        complete = self._started(spec, handle)
        if cloud.starts_lost:
            cloud.starts_lost -= 1
            raise self._lost("start")
        return complete

    def settle(self, spec, handle):
        """Repeats the start: the same resource records once."""
        self.cloud.answer("settle")
        if self.cloud.refuse:
            raise self._refused("settle")
        return self._started(spec, handle)

    def query(self, handle):
        self.cloud.answer("query")
        task = self.cloud.tasks.get(handle["sid"])
        if task is None:
            return RecordingSnapshot(Phase.GONE)
        return RecordingSnapshot(task.phase, (OutputFile(f"{task.stem}.m3u8"),))

    def stop(self, handle):
        self.cloud.answer("stop")
        if self.cloud.stops_fail:
            self.cloud.stops_fail -= 1
            raise self._lost("stop")
        task = self.cloud.tasks.get(handle["sid"])
        if task is None:
            return RecordingSnapshot(Phase.GONE)
        task.phase = Phase.FINISHING
        return RecordingSnapshot(Phase.FINISHING)

    def set_layout(self, handle, layout, spec):
        with self._change("set_layout"):
            self.cloud.layouts.append(layout)

    def set_subscription(self, handle, subscription, spec):
        with self._change("set_subscription"):
            self.cloud.subscriptions.append((subscription, spec.profile))

    @contextmanager
    def _change(self, operation):
        """One at a time, refused or unanswered where that is switched on."""
        cloud = self.cloud
        cloud.answer(operation)
        cloud.overlaps += bool(cloud.layouting)
        cloud.layouting = True
        try:
            if cloud.during_layout:
                cloud.during_layout()
            if cloud.layout_fault == "refused":
                raise ProviderRefused(
                    text("The vendor refused the layout."),
                    vendor="memory",
                    operation=operation,
                    vendor_code="2",
                    vendor_text="layoutConfig is not right",
                )
            yield
            if cloud.layout_fault == "unknown":
                raise self._lost(operation)
        finally:
            cloud.layouting = False

    def renew_storage(self, handle, storage):
        self.cloud.answer("renew_storage")
        if self.cloud.key_fault:
            raise self.cloud.key_fault
        self.cloud.keys.append(storage)

    def close(self):
        pass

    def _started(self, spec, handle):
        resource = handle["resource_id"]
        sid = self.cloud.resources.get(resource)
        if sid is None:
            sid = f"{self.cloud.first + len(self.cloud.tasks):032x}"
            self.cloud.resources[resource] = sid
            self.cloud.tasks[sid] = Task(
                sid, spec.channel, spec.profile.recorder_uid, spec.storage.prefix
            )
        return {**handle, "sid": sid}

    def _refused(self, operation):
        code, words = self.cloud.refuse
        return ProviderRefused(
            text("The vendor refused the start."),
            vendor="memory",
            operation=operation,
            http_status=400,
            retryable=code == "502",
            vendor_code=code,
            vendor_text=words,
        )

    def _lost(self, operation):
        return ProviderUnavailable(
            text("No answer came in time."), vendor="memory", operation=operation
        )


class MemoryStudio:
    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def people(self, channel):
        self.cloud.answer("people")
        self.cloud.asked_for.add(channel)
        return tuple(self.cloud.people.get(channel, ()))

    def person_preview(self, channel, uid, width):
        self.cloud.answer("person_preview")
        self.cloud.asked_for.add(channel)
        return JPEG + f"{uid} {self.cloud.pictures}".encode()

    def full_disk_mb(self):
        return self.cloud.full_disk_mb

    def preview(self, handle, width):
        self.cloud.answer("preview")
        if self.cloud.picture:
            return self.cloud.picture(handle)
        return JPEG + str(self.cloud.pictures).encode()
