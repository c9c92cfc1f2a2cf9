"""All recordings of this engine: begun, found again, taken up after a restart, let go."""

import asyncio
import logging
from dataclasses import replace

from dashboard.clock import now_ms
from dashboard.engine.channels import Publisher
from dashboard.engine.disk import free_mb
from dashboard.engine.house import House
from dashboard.engine.painter import Painter
from dashboard.engine.session import Session
from dashboard.engine.tasks import IN_CHANNEL, Fault, Phase, Spec, Task
from dashboard.engine.uploads.storage import sealed

log = logging.getLogger(__name__)

PRUNE_EVERY_S = 600.0


class Cloud:
    def __init__(self, house: House) -> None:
        self.house = house
        self._sessions: dict[str, Session] = {}
        self._by_resource: dict[str, str] = {}
        self._chores: list[asyncio.Task[None]] = []
        self.painter = Painter(house.workers, house.config.media)
        house.channels.listen(self._person_changed)

    async def open(self) -> None:
        """Take up what the last process left."""
        self.house.workers.warm()
        first_app = next(iter(self.house.config.apps))
        for task in self.house.journal.load():
            task.app_id = task.app_id or first_app.app_id  # kept when there was one only
            session = self._add(task)
            if not task.is_over:
                await self._take_up(session)
            else:
                session.bring_the_rest()
            self.house.notifier.wake(task)
        chores = (self._prune(), self._watch_disk())
        self._chores = [asyncio.create_task(chore) for chore in chores]

    async def start(self, task: Task) -> Session:
        """Begin a recording; it is on disk when this returns. Raises OSError."""
        storage = sealed(task.spec.storage, self.house.safe)
        task.spec = replace(task.spec, storage=storage)
        session = self._add(task)
        try:
            await self.house.journal.save(task)
        except OSError:
            self._drop(task)
            raise
        session.begin()
        log.info("%s: channel %r recorded as %s", task.sid, task.channel, task.recorder_uid)
        return session

    def find(self, app_id: str, sid: str) -> Session | None:
        """A recording of this app; it sees no other's."""
        session = self._sessions.get(sid)
        return session if session and session.task.app_id == app_id else None

    def of_resource(self, resource: str) -> Session | None:
        """Whose recording this resource was used for."""
        return self._sessions.get(self._by_resource.get(resource, ""))

    def recording_as(self, app_id: str, channel: str, uid: str) -> Session | None:
        """Who is in this channel as this recorder."""
        for session in self.in_channel(channel):
            if (session.task.app_id, session.task.recorder_uid) == (app_id, uid):
                return session
        return None

    def in_channel(self, channel: str) -> list[Session]:
        """Of all apps: a channel is the same one for all of them."""
        return [
            session
            for session in self._sessions.values()
            if session.task.channel == channel and session.task.phase in IN_CHANNEL
        ]

    def active(self, app_id: str | None = None) -> list[Session]:
        """app_id: of this app alone."""
        return [
            session
            for session in self._sessions.values()
            if not session.task.is_over and app_id in (None, session.task.app_id)
        ]

    @property
    def has_room(self) -> bool:
        """Whether the disk takes another recording."""
        return free_mb(self.house.config.data) >= self.house.config.tuning.min_free_mb

    @property
    def is_full(self) -> bool:
        return len(self.running()) >= self.house.config.tuning.most_recordings

    def running(self) -> list[Task]:
        """What is being recorded now."""
        tasks = (session.task for session in self._sessions.values())
        return [task for task in tasks if task.phase in IN_CHANNEL]

    def takes(self, spec: Spec | None = None, channel: str = "") -> bool:
        """Whether disk and processors carry one more recording. spec: None asks for any at all."""
        people = len(self.house.channels.people(channel))
        fits = self.house.budget.takes(spec, self.running(), people)
        return fits and self.has_room and not self.is_full

    async def close(self) -> None:
        """Close all slices within the limit, keep the rest for the next process."""
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(
            *(session.shut_down() for session in self._sessions.values() if session.is_at_work)
        )
        self.painter.close()
        await self.house.images.close()
        await self.house.notifier.close()
        await self.house.workers.close()

    async def _take_up(self, session: Session) -> None:
        """Resume what is young enough, close the rest."""
        task = session.task
        away_s = (now_ms() - max(task.alive_ms, task.created_ms)) / 1000
        if task.fault or task.phase is Phase.STOPPING:
            task.phase = Phase.FINISHING
        elif task.phase in (Phase.STARTING, Phase.RECORDING):
            if away_s < self.house.config.tuning.resume_within_s and task.may_fail_over:
                task.failovers += task.ready_ms is not None
            else:
                task.phase = Phase.FINISHING
                task.fault = None if task.ready_ms else Fault.NOT_READY
        await session.save()
        log.info("%s: taken up as %s after %.1f s", task.sid, task.phase, away_s)
        session.begin()

    def _add(self, task: Task) -> Session:
        session = Session(task, self.house)
        self._sessions[task.sid] = session
        self._by_resource[task.resource] = task.sid
        return session

    def _drop(self, task: Task) -> None:
        self._sessions.pop(task.sid, None)
        self._by_resource.pop(task.resource, None)
        self.house.journal.forget(task.sid)

    def _person_changed(self, channel: str, publisher: Publisher | None, uid: str) -> None:
        for session in self.in_channel(channel):
            session.person_changed(publisher, uid)

    async def _watch_disk(self) -> None:
        """End recordings while the disk still takes what closing them needs."""
        tuning = self.house.config.tuning
        while True:
            await asyncio.sleep(tuning.look_at_disk_s)
            left_mb = free_mb(self.house.config.data)
            if left_mb < tuning.stop_free_mb:
                why = f"the disk is nearly full: {left_mb} MB left"
                await asyncio.gather(
                    *(
                        session.give_up(Fault.DISK_FULL, why)
                        for session in self.active()
                        if session.task.phase in (Phase.STARTING, Phase.RECORDING)
                    )
                )

    async def _prune(self) -> None:
        """Forget what nobody can ask for any more; files that never arrived stay."""
        while True:
            for session in list(self._sessions.values()):
                task = session.task
                if task.is_over and not task.pending and now_ms() > task.expires_ms:
                    self._drop(task)
            await asyncio.to_thread(self.house.library.sweep)
            await asyncio.sleep(PRUNE_EVERY_S)
