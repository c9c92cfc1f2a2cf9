"""What keeps the house going: versions of what screens show, and signs of life."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.extensions import db
from dashboard.models.columns import When


class Feed(db.Model):
    """A count that grows in the same transaction as anything that the feed's screens show."""

    __tablename__ = "feed"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]


class WorkerHeartbeat(db.Model):
    """The last sign of life of a worker process."""

    __tablename__ = "worker_heartbeat"

    worker_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[When]
    at: Mapped[When]
