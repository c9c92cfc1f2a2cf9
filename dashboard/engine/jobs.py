"""What a worker is asked to do, written for its first line."""

from collections.abc import Iterable
from typing import Any

from dashboard.engine.channels import Publisher
from dashboard.engine.journal import Journal
from dashboard.engine.tasks import Task
from dashboard.protocols import filenames


def job_for(task: Task, journal: Journal, publishers: Iterable[Publisher] = ()) -> dict[str, Any]:
    """One document for all three commands: record, close and remux."""
    spec = task.spec
    return {
        "sid": task.sid,
        "folder": str(journal.files(task.sid)),
        "stem": stem_of(task),
        "prefix": filenames.failover_prefix(task.failovers - 1) if task.failovers else "",
        "canvas": dict(spec.canvas),
        "audio_profile": spec.audio_profile,
        "streams": spec.streams,
        "layout": dict(spec.layout),
        "subscription": dict(spec.subscription),
        "publishers": [publisher.to_json() for publisher in publishers],
        "correct_extinf": spec.correct_extinf,
        "epoch_ms": task.epoch_ms,
        "resume": task.ready_ms is not None,  # another worker was there before
        "clock": "live",
    }


def stem_of(task: Task) -> str:
    return filenames.stem(task.sid, task.channel)


def playlist_of(task: Task) -> str:
    return filenames.playlist_name(stem_of(task))


def full_name(task: Task, name: str) -> str:
    """As it is called in the bucket, with its folders."""
    return filenames.with_folders(task.spec.folders, name)
