"""How much room is left where recordings are made, and when it will be gone.

Each worker looks at the folders of its own machine and writes down what it saw; so every
worker judges by the same facts, also of machines that it is not.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from dashboard.extensions import db
from dashboard.models import DiskSpace
from dashboard.services import context
from dashboard.services.unit_of_work import transaction

SPAN = timedelta(hours=1)
"""The pace is that of the last hour or two."""
SHORTEST_SPAN = timedelta(minutes=10)
FRESH = timedelta(minutes=10)
GB = 1024**3


def look() -> None:
    """Write down the room at each place of this machine; a disk that holds two counts once."""
    worker, now = context.settings().worker_id, context.now()
    seen = [(place, shutil.disk_usage(folder)) for place, folder in _places()]
    with transaction() as work:
        for place, usage in seen:
            row = work.session.get(DiskSpace, (worker, place))
            if row is None:
                row = DiskSpace(worker_id=worker, place=place, total_bytes=0, free_bytes=0,
                                at=now, before_at=now, before_free_bytes=usage.free)  # fmt: skip
                work.session.add(row)
            elif now - row.before_at >= 2 * SPAN:
                row.before_at, row.before_free_bytes = row.at, row.free_bytes
            row.at, row.total_bytes, row.free_bytes = now, usage.total, usage.free


def _places() -> Iterator[tuple[str, Path]]:
    settings, devices = context.settings(), set()
    for place, folder in (("data", settings.folder), ("engine", settings.engine_folder)):
        if folder.is_dir() and folder.stat().st_dev not in devices:
            devices.add(folder.stat().st_dev)
            yield place, folder


def filling(percent: int) -> list[tuple[str, dict[str, Any]]]:
    """(subject, detail) of each disk with less than `percent` free."""
    fresh = select(DiskSpace).where(DiskSpace.at > context.now() - FRESH)
    return [
        (_subject(row), _detail(row))
        for row in db.session.scalars(fresh)
        if row.free_bytes * 100 < percent * row.total_bytes
    ]


def unseen() -> set[str]:
    """Subjects of disks that nobody has looked at lately: a worker is away."""
    old = select(DiskSpace).where(DiskSpace.at <= context.now() - FRESH)
    return {_subject(row) for row in db.session.scalars(old)}


def _subject(row: DiskSpace) -> str:
    return f"disk/{row.worker_id}/{row.place}"


def _detail(row: DiskSpace) -> dict[str, Any]:
    return {
        "percent": int(row.free_bytes * 100 / row.total_bytes),
        "free": f"{row.free_bytes / GB:.1f}",
        "worker": row.worker_id,
        "full_in_h": _full_in_h(row),
    }


def _full_in_h(row: DiskSpace) -> int | None:
    """Hours at the pace since `before_at`; None where it does not shrink, or beyond a month."""
    span, used = row.at - row.before_at, row.before_free_bytes - row.free_bytes
    if span < SHORTEST_SPAN or used <= 0:
        return None
    hours = row.free_bytes / used * (span.total_seconds() / 3600)
    return int(hours) if hours < 720 else None
