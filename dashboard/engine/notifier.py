"""Delivers what happened to whoever is told, in order per recording, and survives a restart.

A notice waits in its task's journal until it was taken or given up. Each task has its
own line, so one that is stuck holds up no other.
"""

import asyncio
import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from dashboard.clock import now_ms
from dashboard.engine.apps import App, Apps
from dashboard.engine.callback_faults import NONE, CallbackFaults, forged
from dashboard.engine.config import Tuning
from dashboard.engine.journal import Journal
from dashboard.engine.tasks import Task

log = logging.getLogger(__name__)

Envelope = Callable[[Mapping[str, Any], int, App], tuple[bytes, dict[str, str]]]
"""Makes of a stored notice, the time of sending (ms) and who is told a body and its headers."""


@dataclass(frozen=True)
class Manner:
    """How one dialect tells. retry_gaps_s: what a notice waits before each repetition.

    wants_json: only an answer of JSON counts as taken. answer_limit_s: how long one may take;
    None: as the tuning says. give_up_s: no repetition later than this after the first.
    next_of: which pending notice of a task goes out next; None waits for more to come.
    copies: how often each is sent though it was taken.
    """

    envelope: Envelope
    retry_gaps_s: tuple[float, ...]
    wants_json: bool = True
    answer_limit_s: float | None = None
    give_up_s: float = math.inf
    next_of: Callable[[Task], int | None] = lambda task: 0
    copies: Callable[[], int] = lambda: 1


class Notifier:
    """manners: by the name of the door. muted: drops everything (a switch for tests).

    faults: what is done on purpose to the notices of an App ID.
    """

    def __init__(
        self,
        apps: Apps,
        manners: Mapping[str, Manner],
        journal: Journal,
        tuning: Tuning,
        faults: Callable[[str], CallbackFaults] = lambda app_id: NONE,
    ) -> None:
        self._apps = apps
        self._manners = manners
        self._journal = journal
        self._tuning = tuning
        self._faults = faults
        self._lines: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self.muted = False

    def wake(self, task: Task) -> None:
        """Deliver what is pending; does not wait."""
        line = self._lines.get(task.sid)
        if task.pending and (line is None or line.done()):
            self._lines[task.sid] = asyncio.create_task(self._deliver_all(task))

    async def close(self) -> None:
        """Stop at once; what is pending stays in the journal."""
        for line in self._lines.values():
            line.cancel()
        await asyncio.gather(*self._lines.values(), return_exceptions=True)
        if self._session:
            await self._session.close()

    async def _deliver_all(self, task: Task) -> None:
        try:
            while task.pending:
                faults = self._faults(task.app_id)
                await asyncio.sleep(faults.wait_s)
                index = -1 if faults.reorder else self._manners[task.door].next_of(task)
                if index is None:
                    return
                notice = task.pending[index]
                if not faults.drops():
                    for _ in range(max(self._manners[task.door].copies(), faults.copies)):
                        await self._deliver(task, notice)
                task.pending.remove(notice)
                await self._journal.save(task)
        except OSError as fault:  # only ours: the receiver's are caught below
            log.error("%s: the journal cannot be written: %s", task.sid, fault)
        finally:
            self._lines.pop(task.sid, None)

    async def _deliver(self, task: Task, notice: Mapping[str, Any]) -> None:
        """Send once and again; gives up after the last gap, as the vendor does."""
        app = self._apps.get(task.app_id)
        if app is None or not app.callback_url or self.muted:
            return
        name = notice.get("noticeId", "")
        trouble, manner = "", self._manners[task.door]
        give_up_at = time.monotonic() + manner.give_up_s
        for gap_s in (None, *manner.retry_gaps_s):
            if gap_s is not None:
                if time.monotonic() + gap_s >= give_up_at:
                    break
                log.warning("%s: notice %s again: %s", task.sid, name, trouble)
                await asyncio.sleep(gap_s)
            trouble = await self._send(app, manner, notice)
            if not trouble:
                return
        log.error("%s: notice %s given up: %s", task.sid, name, trouble)

    async def _send(self, app: App, manner: Manner, notice: Mapping[str, Any]) -> str:
        """Returns "" when the receiver took it, else why not."""
        body, headers = manner.envelope(notice, now_ms(), app)
        if self._faults(app.app_id).forge:
            await self._post(app, manner, *forged(body, headers))
        return await self._post(app, manner, body, headers)

    async def _post(self, app: App, manner: Manner, body: bytes, headers: dict[str, str]) -> str:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        limit_s = manner.answer_limit_s or self._tuning.answer_limit_s
        try:
            async with self._session.post(
                app.callback_url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=limit_s),
            ) as answer:
                if answer.status != 200:
                    return f"status {answer.status}"
                said = await answer.content.read(64 * 1024)
                if manner.wants_json:
                    json.loads(said)
                return ""
        except TimeoutError:
            return "no answer in time"
        except (aiohttp.ClientError, ValueError, OSError) as fault:
            return type(fault).__name__
