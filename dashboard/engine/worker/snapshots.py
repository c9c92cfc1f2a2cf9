"""A JPEG of each person who is seen, every so many seconds. Names: agora-anyrtc.md section 11."""

import os
from collections.abc import Mapping

from dashboard.engine.sources import Source
from dashboard.engine.worker import preview
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.shelf import Tell
from dashboard.engine.worker.timeline import Timeline


class Snapshots:
    """The first is taken with somebody's first picture."""

    def __init__(self, job: Job, tell: Tell) -> None:
        self._folder, self._names, self._tell = job.folder, job.names, tell
        self._every = job.snapshot_s * job.canvas.fps
        self._due: dict[str, int] = {}

    def tick(self, number: int, timeline: Timeline, seen: Mapping[str, Source]) -> None:
        """Raises OSError."""
        self._due = {uid: self._due.get(uid, number) for uid in seen}
        for uid, source in seen.items():
            if number >= self._due[uid]:
                self._due[uid] = number + self._every
                self._take(uid, source, number, timeline)

    def _take(self, uid: str, source: Source, number: int, timeline: Timeline) -> None:
        frame = source.picture(source.number(timeline.at(number)))
        at_ms = timeline.ms(number)
        path = self._folder / self._names.snapshot(uid, at_ms)
        draft = path.with_name(f".{path.name}.tmp")
        try:
            draft.write_bytes(preview.jpeg(frame, frame.width))
            os.replace(draft, path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        self._tell("snapshot", name=path.name, uid=uid, stream="main", at_ms=at_ms)
