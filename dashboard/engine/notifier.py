"""Delivers what happened to whoever is told, in order per recording, and survives a restart.

A notice waits in its task's journal until it was taken or given up. Each task has its
own line, so one that is stuck holds up no other.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from dashboard.clock import now_ms
from dashboard.engine.config import Tuning
from dashboard.engine.journal import Journal
from dashboard.engine.tasks import Task

log = logging.getLogger(__name__)

Envelope = Callable[[Mapping[str, Any], int], tuple[bytes, dict[str, str]]]
"""Makes of a stored notice and the time of sending (ms) a body and its headers."""


class Notifier:
    """url: "" means that nobody is told. muted: drops everything (a switch for tests)."""

    def __init__(
        self, url: str, envelopes: Mapping[str, Envelope], journal: Journal, tuning: Tuning
    ) -> None:
        self._url = url
        self._envelopes = envelopes
        self._journal = journal
        self._tuning = tuning
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
                await self._deliver(task, task.pending[0])
                task.pending.pop(0)
                await self._journal.save(task)
        except OSError as fault:  # only ours: the receiver's are caught below
            log.error("%s: the journal cannot be written: %s", task.sid, fault)
        finally:
            self._lines.pop(task.sid, None)

    async def _deliver(self, task: Task, notice: Mapping[str, Any]) -> None:
        """Send once and again; gives up after the last gap, as the vendor does."""
        if not self._url or self.muted:
            return
        trouble = ""
        for gap_s in (None, *self._tuning.retry_gaps_s):
            if gap_s is not None:
                log.warning("%s: notice %s again: %s", task.sid, notice["noticeId"], trouble)
                await asyncio.sleep(gap_s)
            trouble = await self._send(task, notice)
            if not trouble:
                return
        log.error("%s: notice %s given up: %s", task.sid, notice["noticeId"], trouble)

    async def _send(self, task: Task, notice: Mapping[str, Any]) -> str:
        """Returns "" when the receiver took it, else why not."""
        body, headers = self._envelopes[task.door](notice, now_ms())
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._tuning.answer_limit_s),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        try:
            async with self._session.post(
                self._url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    return f"status {answer.status}"
                json.loads(await answer.content.read(64 * 1024))
                return ""
        except TimeoutError:
            return "no answer in time"
        except (aiohttp.ClientError, ValueError, OSError) as fault:
            return type(fault).__name__
