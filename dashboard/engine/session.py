"""One recording from its start to its last file: the only one who changes its task.

It records with one worker after another until a stop, then finishes (see finishing.py).
Every step is in the journal before it is acted on, so that the next process can go on.
"""

import asyncio
import base64
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard.clock import now_ms
from dashboard.engine.channels import Publisher
from dashboard.engine.finishing import bring_the_rest, finish
from dashboard.engine.gallery import Gallery
from dashboard.engine.house import House
from dashboard.engine.jobs import is_kept, job_for
from dashboard.engine.losses import Losses
from dashboard.engine.process import EXITED, Refused, Worker
from dashboard.engine.reports import Reports
from dashboard.engine.supervisor import end_orphan
from dashboard.engine.tasks import IN_CHANNEL, End, Fault, Happening, Kind, Phase, Task
from dashboard.engine.uploads.queue import Uploader
from dashboard.engine.uploads.storage import sealed
from dashboard.errors import EngineError

log = logging.getLogger(__name__)

SIGN_EVERY_S = 10.0
"""How often a sign of life reaches the journal."""
_FOREVER_S = 1e9
_FAULTS = {"disk_full": Fault.DISK_FULL, "encoder": Fault.ENCODER}


class Session:
    def __init__(self, task: Task, house: House) -> None:
        self.task = task
        self._house = house
        self._tuning = house.config.tuning
        self.recorded_s = 0.0
        self._worker: Worker | None = None
        self._people_changed = asyncio.Event()
        self._stop_by: float | None = None
        self._left = asyncio.Event()
        self._over = asyncio.Event()
        self._losses = Losses()
        self._changing = asyncio.Lock()
        self._life: asyncio.Task[None] | None = None
        self.reports = Reports(self)
        self._gallery = Gallery(house.images, self._show_images, self._image_failed)
        self.uploads = Uploader(
            house.journal.files(task.sid),
            house.targets.of(task.spec),
            self._arrived,
            self._upload_trouble,
            refusing=lambda: house.faults.storage_off,
            keeps=lambda name: is_kept(task, name),
        )
        if task.is_over:
            self._left.set()
            self._over.set()

    # --- what doors ask ---------------------------------------------------------------

    def begin(self) -> None:
        if self.task.phase in IN_CHANNEL:
            self._gallery.want(self.task.spec)
        self._life = asyncio.create_task(self._live())

    @property
    def is_at_work(self) -> bool:
        """Also when it is over: files may still be on their way."""
        return not self.task.is_over or (self._life is not None and not self._life.done())

    async def stop(self, end: End) -> None:
        """Ask the recorder to leave; the first reason counts. Does not wait."""
        if self._stop_by is not None or self.task.phase not in IN_CHANNEL:
            return
        limit = self._tuning.close_within_s if end is End.SHUTDOWN else self._tuning.finish_within_s
        self._stop_by = time.monotonic() + limit
        self.task.phase, self.task.end = Phase.STOPPING, end
        if self._worker:
            self._worker.tell("stop")
        self._people_changed.set()
        await self.save()

    async def give_up(self, fault: Fault, why: str) -> None:
        """End in order because of something that is not the recorder's."""
        await self.fail(fault, why)
        await self.stop(End.FAULT)

    def bring_the_rest(self) -> None:
        """Upload what a recording that is over could not, in an earlier process, either."""
        if self._house.journal.has_files(self.task.sid):
            self._life = asyncio.create_task(bring_the_rest(self, self._house))

    async def wait_over(self, limit_s: float) -> bool:
        """Wait until everything is done, or waits for a store that is away.

        Returns whether it is so.
        """
        return await _within(self._over.wait(), limit_s)

    async def change(self, **changes: Any) -> None:
        """Change `layout`, `subscription`, `watermarks`: all from one picture on. Raises Refused.

        Between two workers there is nobody to ask; the next one begins with the new spec.
        """
        async with self._changing:
            spec = replace(self.task.spec, **changes)
            if self._worker:
                await self._worker.ask("change", **changes)
            self.task.spec = spec
            self._gallery.want(spec)
            await self.save()

    async def renew_storage(self, storage: Mapping[str, Any] | None) -> None:
        """Take new keys of the same store (`storage_of`); what waits is tried again at once.

        A folder of this machine has no keys: then there is nothing to renew.
        """
        if storage is None or self.task.spec.storage is None:
            return
        async with self._changing:
            renewed = {**self.task.spec.storage, "keys": storage["keys"]}
            kept = sealed(renewed, self._house.safe)
            self.task.spec = replace(self.task.spec, storage=kept)
            await self.save()
            self.uploads.turn_to(self._house.targets.of(self.task.spec))

    async def preview(self, width: int) -> bytes | None:
        """The picture being recorded now, as JPEG; None before there is one."""
        if not self._worker:
            return None
        try:
            answer = await self._worker.ask("preview", width=width)
        except Refused:
            return None
        return base64.b64decode(answer["jpeg"]) if answer.get("jpeg") else None

    def person_changed(self, publisher: Publisher | None, uid: str) -> None:
        """publisher: None when the person has left."""
        self._people_changed.set()
        if not self._worker:
            return
        if publisher:
            self._worker.tell("join", publisher=publisher.to_json())
        else:
            self._worker.tell("leave", uid=uid)

    async def shut_down(self) -> None:
        """Close what is open within the limit; the rest is for the next process."""
        await self.stop(End.SHUTDOWN)
        self._gallery.close()
        await _within(self._left.wait(), self._tuning.close_within_s)
        if self._life:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        await self.uploads.close()
        await self.save()

    # --- its life ---------------------------------------------------------------------

    async def _live(self) -> None:
        try:
            if self.task.worker_pid:
                await end_orphan(self.task.worker_pid)
            if self.task.phase in IN_CHANNEL:
                self._house.journal.make_room(self.task.sid)
                await self._record()
            self._left.set()
            if self.task.end is not End.SHUTDOWN or self._stop_by is None:
                await finish(self, self._house)
        except Exception:
            log.exception("%s: a fault of ours", self.task.sid)
            await self.fail(Fault.INTERNAL, "a fault inside the engine")
            await self.end(Phase.FAILED)
            await self.uploads.close()

    async def _record(self) -> None:
        helpers = [
            asyncio.create_task(self._leave_when_idle()),
            asyncio.create_task(self._tell_progress()),
            asyncio.create_task(self._give_signs_of_life()),
        ]
        try:
            while await self._with_one_worker():
                if self.task.ready_ms is not None:
                    self.task.failovers += 1
                await self.save()
        finally:
            for helper in helpers:
                helper.cancel()

    async def _with_one_worker(self) -> bool:
        """Record until the worker ends. Returns whether another one is needed."""
        try:
            worker = await self._house.workers.take()
        except EngineError as fault:
            return await self._lost(str(fault))
        worker.name(f"{self.task.sid} worker {worker.pid}")
        self.task.worker_pid = worker.pid
        await self.save()
        people = self._house.channels.people(self.task.channel)
        config = self._house.config
        job = job_for(self.task, self._house.journal, people, config.clock, config.media)
        job["hold_s"] = config.tuning.virtual_s
        if config.tuning.virtual_from_s:
            job["start_ms"] = round(config.tuning.virtual_from_s * 1000)
        if job["clock"] == "virtual":  # its time stands still meanwhile: nothing is lost
            await self._gallery.settled()
        worker.order({"cmd": "record", "job": {**job, "images": self._gallery.paths}})
        self._worker = worker
        if self._stop_by is not None:
            worker.tell("stop")
        try:
            return await self._follow(worker)
        finally:
            self._worker = None
            await worker.gone()
            self.task.worker_pid = None

    async def _follow(self, worker: Worker) -> bool:
        """Hear a worker out. Returns whether another one is needed."""
        limit_s: float | None = self._tuning.ready_within_s
        while True:
            try:
                event = await worker.next_event(self._patience(limit_s))
            except TimeoutError:
                log.error("%s: worker %s does not come on; killed", self.task.sid, worker.pid)
                worker.kill()
                limit_s = None
                continue
            name = event["event"]
            if name == EXITED:
                return await self._lost(f"status {event['status']}")
            if name == "finished":
                await self.reports.take(event)
                self.task.closed = True
                self.task.end = self.task.end or End.STOPPED
                return False
            if name == "failed":
                await self.fail(
                    _FAULTS.get(event.get("code"), Fault.INTERNAL), event.get("message", "")
                )
                return False
            if limit_s is not None:
                limit_s = self._silence_limit_s(name, limit_s)
            await self.reports.take(event)

    def _silence_limit_s(self, name: str, limit_s: float) -> float:
        """Signs of life come every second, but only once there is something to record."""
        if name == "ready":
            return _FOREVER_S
        return self._tuning.silent_for_s if name in {"slice_opened", "progress"} else limit_s

    def _patience(self, limit_s: float | None) -> float | None:
        """Seconds to wait for the next event; None once it was killed, for its end will come."""
        if self._stop_by is None or limit_s is None:
            return limit_s
        return max(0.0, min(limit_s, self._stop_by - time.monotonic()))

    async def _lost(self, why: str) -> bool:
        """A worker ended without a word. Returns whether another one is to go on."""
        if self._stop_by is not None:
            return False
        log.error("%s: worker lost: %s", self.task.sid, why)
        pause_s = self._losses.pause_after_one_more(time.monotonic())
        if pause_s is not None and self.task.may_fail_over:
            await asyncio.sleep(pause_s)
            return True
        never_ready = self.task.ready_ms is None
        await self.fail(Fault.NOT_READY if never_ready else Fault.INTERNAL, f"worker lost: {why}")
        return False

    # --- helpers ----------------------------------------------------------------------

    async def _leave_when_idle(self) -> None:
        """End when nobody has been in the channel for as long as was asked for."""
        while True:
            self._people_changed.clear()
            empty = not self._house.channels.people(self.task.channel)
            limit_s = self.task.spec.max_idle_s if empty else None
            if not await _within(self._people_changed.wait(), limit_s):
                log.info("%s: nobody for %s s", self.task.sid, limit_s)
                await self.stop(End.IDLE)
                return

    async def _tell_progress(self) -> None:
        while True:
            await asyncio.sleep(self._tuning.progress_every_s)
            if self.task.recorded:
                await self.tell(Kind.PROGRESS, part=self.uploads.part)

    async def _give_signs_of_life(self) -> None:
        while True:
            await asyncio.sleep(SIGN_EVERY_S)
            await self.save()

    async def _arrived(self, name: str) -> None:
        await self.reports.arrived(name)

    async def _upload_trouble(self, fault: Fault, message: str, code: str) -> None:
        await self.tell(Kind.FAULT, fault=fault, message=message, code=code, fatal=False)

    def _show_images(self, paths: Mapping[str, str]) -> None:
        if self._worker:
            self._worker.tell("add_images", images=paths)

    async def _image_failed(self, address: str) -> None:
        await self.tell(Kind.IMAGE_FAILED, url=address)

    async def fail(self, fault: Fault, message: str) -> None:
        """From here on the recording is known to end badly; told once."""
        if self.task.fault:
            return
        log.error("%s: %s: %s", self.task.sid, fault, message)
        self.task.fault, self.task.fault_text, self.task.end = fault, message, End.FAULT
        await self.tell(Kind.FAULT, fault=fault, message=message, fatal=True)

    async def back_up(self) -> None:
        """Files wait here for their store, which may be long; told once."""
        if not self.task.backed_up:
            self.task.backed_up = True
            at_ms = now_ms()
            await self.tell_all(Happening(Kind.SET_ASIDE, at_ms), Happening(Kind.BACKED_UP, at_ms))
        self._over.set()

    async def end(self, phase: Phase) -> None:
        """The last word."""
        self._gallery.close()
        if phase is Phase.ENDED:
            await self.uploads.close()
        self.task.phase, self.task.ended_ms = phase, now_ms()
        await self.tell(Kind.EXITED, normal=phase is Phase.ENDED)
        self._left.set()
        self._over.set()
        log.info("%s: %s", self.task.sid, phase)

    def spent(self, frame: int, cpu_s: float) -> None:
        """What its worker has used of the processors."""
        self.recorded_s = (frame + 1) / self.task.spec.canvas["fps"]
        self._house.budget.note(self.task, frame, cpu_s)

    async def tell(self, kind: Kind, /, at_ms: int | None = None, **fields: Any) -> None:
        """Keep a notice with the state it tells of, then let it be delivered."""
        await self.tell_all(Happening(kind, at_ms or now_ms(), fields))

    async def tell_all(self, *happenings: Happening) -> None:
        """Several notices that belong to one step: all of them are kept, or none.

        Not every vendor tells of everything.
        """
        describe = self._house.describe[self.task.door]
        for happening in happenings:
            told = describe(self.task, happening) or ()
            for notice in [told] if isinstance(told, dict) else told:
                self.task.pending.append(notice)
                self.task.next_sequence += 1
        await self.save()
        self._house.notifier.wake(self.task)

    async def save(self) -> None:
        """Into the journal; a disk that is full does not end what can still be sliced."""
        if self.task.phase in IN_CHANNEL:
            self.task.alive_ms = now_ms()
        try:
            await self._house.journal.save(self.task)
        except OSError as fault:
            log.error("%s: the journal cannot be written: %s", self.task.sid, fault)


async def _within(waiting: Any, limit_s: float | None) -> bool:
    try:
        async with asyncio.timeout(limit_s):
            await waiting
    except TimeoutError:
        return False
    return True
