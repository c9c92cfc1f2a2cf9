"""Whether anything that a screen shows has changed, told by one number a feed."""

import hashlib

from sqlalchemy import select

from dashboard.extensions import db
from dashboard.models import Feed

MOVING_S, LOOKING_S, QUIET_S = 2, 5, 15
"""Seconds between polls: something moves; the last files are awaited; nothing happens."""
SHELL_S = 5


def version(feed: str) -> int:
    """One row by its key: this is all that an unchanged poll costs."""
    return db.session.scalar(select(Feed.version).where(Feed.name == feed)) or 0


def digest(*parts: object) -> str:
    """Short, and different for different parts; holds nothing that could be read back."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
