"""What a worker tells of a recording, taken into its task and passed on."""

import logging
import secrets
from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dashboard.clock import now_ms
from dashboard.engine.jobs import names_of
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
        self._receiving: dict[tuple[str, str, str], bool] = {}
        self._early: deque[Report] = deque()
        self._doubtful: set[str] = set()
        self._handlers = {
            "ready": self._ready,
            "begun": self._begun,
            "slice_opened": self._slice_opened,
            "slice_closed": self._slice_closed,
            "playlist": self._upload,
            "snapshot": self._snapshot,
            "finished": self._finished,
            "stream_state": self._stream_state,
            "progress": self._progress,
            "error": self._error,
        }

    async def take(self, report: Report) -> None:
        handler = self._handlers.get(report["event"])
        if handler:
            await handler(report)

    async def arrived(self, name: str) -> None:
        """A file is in the storage; told the first time."""
        task = self._task
        entry = self._index(name) or self._picture(name)
        if entry is None or name in task.stored:
            return
        if entry["kind"] != "jpg":
            task.stored.append(name)
        is_index = entry["kind"] == "hls"
        task.first_upload = task.first_upload or is_index
        await self._session.tell(Kind.FIRST_FILE if is_index else Kind.FILE_READY, **entry)

    def _picture(self, name: str) -> dict[str, Any] | None:
        found = names_of(self._task).read_snapshot(name)
        if not found:
            return None
        uid, at_ms = found
        return {"name": name, "uid": uid, "medium": "video", "stream": "main",
                "start_ms": at_ms, "end_ms": at_ms, "kind": "jpg"}  # fmt: skip

    async def _ready(self, report: Report) -> None:
        task, session = self._task, self._session
        self._know(report["files"])
        if task.ready_ms is not None:
            self._doubtful = {entry["name"] for entry in task.files if entry["kind"] == "hls"}
            await session.tell(Kind.FAILED_OVER, new_uid=1 + secrets.randbelow(2**31))
            return
        task.ready_ms = report["at_ms"]
        if task.phase is Phase.STARTING:
            task.phase = Phase.RECORDING
        await session.tell_all(
            Happening(Kind.RECORDER_STARTED, task.ready_ms),
            Happening(Kind.UPLOADER_STARTED, now_ms()),
        )

    async def _begun(self, report: Report) -> None:
        self._task.epoch_ms = report["epoch_ms"]

    async def _slice_opened(self, report: Report) -> None:
        """Told where an index begins: at first, and after a gap."""
        start_ms, gap_ms = report["start_ms"], report["discontinue_ms"]
        known = self._index(report["index"])
        entry = known or {"name": report["index"], **_whose(report), "kind": "hls"}
        entry = {"start_ms": start_ms, "end_ms": start_ms, **entry}
        if known is None:
            self._know([entry])
        elif gap_ms == start_ms and report["index"] in self._doubtful:
            gap_ms = self._begin_again(known, start_ms)
        self._doubtful.discard(report["index"])
        if known is None or gap_ms != start_ms:
            moments = {"start_ms": start_ms, "discontinue_ms": gap_ms}
            await self._session.tell(Kind.SLICE_STARTED, at_ms=start_ms, **{**entry, **moments})
        await self._tell_early()

    def _begin_again(self, entry: dict[str, Any], start_ms: int) -> int:
        """A worker died with a slice that was told of and held nothing yet: it begins now.

        Returns when it was said to begin.
        """
        told_ms, entry["start_ms"] = entry["start_ms"], start_ms
        if self._task.first_slice_ms == told_ms:
            self._task.first_slice_ms = start_ms
        return told_ms

    async def _slice_closed(self, report: Report) -> None:
        entry = self._index(report["index"])
        if entry:
            entry["end_ms"] = report["start_ms"] + round(report["duration_s"] * 1000)
        await self._upload(report)

    async def _snapshot(self, report: Report) -> None:
        """Where nothing but pictures is recorded, they are what it begins with."""
        self._recorded(report["at_ms"])
        await self._tell_early()
        await self._upload(report)

    async def _finished(self, report: Report) -> None:
        self._know(report["files"])

    async def _upload(self, report: Report) -> None:
        self._session.uploads.add(report["name"])

    def _recorded(self, at_ms: int) -> None:
        self._task.recorded = True
        if self._task.first_slice_ms is None:
            self._task.first_slice_ms = at_ms

    def _index(self, name: str) -> dict[str, Any] | None:
        return next((entry for entry in self._task.files if entry["name"] == name), None)

    def _know(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Take in indexes as they are on the disk; what a lost worker told may not have arrived."""
        for entry in entries:
            known = self._index(entry["name"])
            if known:
                known.update(entry)
            else:
                self._task.files.append(dict(entry))
            self._recorded(entry["start_ms"])

    async def _stream_state(self, report: Report) -> None:
        """The first streams are told of after the slice that they begin, as the vendor does."""
        key = report["uid"], report["stream"], report["medium"]
        receiving = report["receiving"]
        if self._receiving.get(key, False) == receiving:
            return
        self._receiving[key] = receiving
        if self._task.recorded:
            await self._tell_stream(report)
        else:
            self._early.append(report)

    async def _tell_early(self) -> None:
        while self._early:
            await self._tell_stream(self._early.popleft())

    async def _tell_stream(self, report: Report) -> None:
        told = {**_whose(report), "receiving": report["receiving"]}
        await self._session.tell(Kind.STREAM_CHANGED, at_ms=report["at_ms"], **told)

    async def _progress(self, report: Report) -> None:
        self._session.spent(report["frame"], report["cpu_s"])

    async def _error(self, report: Report) -> None:
        log.error("%s: %s: %s", self._task.sid, report.get("code"), report.get("message"))


def _whose(report: Report) -> dict[str, Any]:
    return {name: report[name] for name in ("uid", "medium", "stream")}
