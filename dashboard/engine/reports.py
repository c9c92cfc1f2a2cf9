"""What a worker tells of a recording, taken into its task and passed on."""

import logging
import secrets
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dashboard.clock import now_ms
from dashboard.engine.tasks import Happening, Kind, Phase

if TYPE_CHECKING:
    from dashboard.engine.session import Session

log = logging.getLogger(__name__)

Report = Mapping[str, Any]


class Reports:
    """Outlives the workers of a recording: what one told, the next need not tell again."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._task = session.task
        self._receiving: dict[tuple[str, str], bool] = {}
        self._early: deque[Report] = deque()
        self._handlers = {
            "ready": self._ready,
            "slice_opened": self._slice_opened,
            "slice_closed": self._upload,
            "playlist": self._upload,
            "stream_state": self._stream_state,
            "progress": self._progress,
            "error": self._error,
        }

    async def take(self, report: Report) -> None:
        handler = self._handlers.get(report["event"])
        if handler:
            await handler(report)

    async def _ready(self, report: Report) -> None:
        task, session = self._task, self._session
        if task.ready_ms is not None:
            await session.tell(Kind.FAILED_OVER, new_uid=1 + secrets.randbelow(2**31))
            return
        task.ready_ms = report["at_ms"]
        if task.phase is Phase.STARTING:
            task.phase = Phase.RECORDING
        await session.tell_all(
            Happening(Kind.RECORDER_STARTED, task.ready_ms),
            Happening(Kind.UPLOADER_STARTED, now_ms()),
        )

    async def _slice_opened(self, report: Report) -> None:
        """Told where something begins: at first, and after a gap."""
        start_ms, gap_ms = report["start_ms"], report["discontinue_ms"]
        first = self._task.first_slice_ms is None
        if first:
            self._task.first_slice_ms = self._task.epoch_ms = start_ms
            self._task.recorded = True
        if first or gap_ms != start_ms:
            moments = {"start_ms": start_ms, "discontinue_ms": gap_ms}
            await self._session.tell(Kind.SLICE_STARTED, at_ms=start_ms, **moments)
        while self._early:
            await self._tell_stream(self._early.popleft())

    async def _upload(self, report: Report) -> None:
        self._session.uploads.add(report["name"])

    async def _stream_state(self, report: Report) -> None:
        """The first streams are told of after the slice that they begin, as the vendor does."""
        key, receiving = (report["uid"], report["medium"]), report["receiving"]
        if self._receiving.get(key, False) == receiving:
            return
        self._receiving[key] = receiving
        if self._task.recorded:
            await self._tell_stream(report)
        else:
            self._early.append(report)

    async def _tell_stream(self, report: Report) -> None:
        told = {name: report[name] for name in ("uid", "medium", "receiving")}
        await self._session.tell(Kind.STREAM_CHANGED, at_ms=report["at_ms"], **told)

    async def _progress(self, report: Report) -> None:
        self._session.spent(report["frame"], report["cpu_s"])

    async def _error(self, report: Report) -> None:
        log.error("%s: %s: %s", self._task.sid, report.get("code"), report.get("message"))
