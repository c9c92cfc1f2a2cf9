"""What a worker is asked to do, written for its first line."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dashboard.engine.channels import Publisher
from dashboard.engine.journal import Journal
from dashboard.engine.reels import Names
from dashboard.engine.tasks import Task
from dashboard.protocols import filenames, trtc_filenames

_PASSED_ON = (
    "audio_profile", "streams", "correct_extinf", "mode", "style", "merge", "pictures",
    "on_pause", "mp4", "aac", "part_min", "snapshot_s", "record", "most_people",
)  # fmt: skip
"""Fields of a Spec that a worker gets as they are."""


def job_for(
    task: Task,
    journal: Journal,
    publishers: Iterable[Publisher] = (),
    clock: str = "live",
    media: Path | None = None,
    script: Iterable[tuple[float, Mapping[str, Any]]] = (),
) -> dict[str, Any]:
    """One document for all three commands: record, close and remux.

    clock: "live", or "virtual" for as fast as the machine allows; that one begins when the
    task was taken, and goes on until it is told to stop. script: seconds of the virtual clock
    and commands for them: join, leave, set_layout, set_subscription, stop.
    media: the folder of files that publishers play.
    """
    spec = task.spec
    return {
        "sid": task.sid,
        "folder": str(journal.files(task.sid)),
        "media": str(media) if media else None,
        "stem": stem_of(task),
        "prefix": _prefix(task),
        "canvas": dict(spec.canvas),
        "sound": dict(spec.sound) if spec.sound else None,
        "layout": dict(spec.layout),
        "subscription": dict(spec.subscription),
        "watermarks": [dict(mark) for mark in spec.watermarks],
        "publishers": [publisher.to_json() for publisher in publishers],
        "epoch_ms": task.epoch_ms,
        "resume": task.ready_ms is not None,  # another worker was there before
        "clock": clock,
        "start_ms": task.created_ms,
        "script": [[at_s, dict(command)] for at_s, command in script],
        **{name: getattr(spec, name) for name in _PASSED_ON},
    }


def stem_of(task: Task) -> str:
    return task.spec.stem or filenames.stem(task.sid, task.channel)


def is_kept(task: Task, name: str) -> bool:
    """Whether a file belongs into the storage.

    Where no HLS was asked for, none of it does, unless it is all that there is in the end.
    """
    if task.spec.hls or not name.endswith((".ts", ".m3u8")):
        return True
    return bool(task.fault) or (task.mp4_done and not task.mp4_names)


def names_of(task: Task) -> Names:
    return Names(task.spec.style, stem_of(task), task.spec.streams)


def full_name(task: Task, name: str) -> str:
    """As it is called in the bucket, with its folders."""
    return filenames.with_folders(task.spec.folders, name)


def _prefix(task: Task) -> str:
    """Agora counts resumptions from 0, TRTC from 1."""
    if not task.failovers:
        return ""
    if task.spec.style == "trtc":
        return trtc_filenames.failover_prefix(task.failovers)
    return filenames.failover_prefix(task.failovers - 1)
