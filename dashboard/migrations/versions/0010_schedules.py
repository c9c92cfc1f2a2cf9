"""Recordings at given times.

Revision: 0010, after 0009
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_NOT_ARCHIVED = sa.text("archived_at IS NULL")
_RULE = sa.table(
    "alert_rule",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("condition", sa.String),
    sa.column("amount", sa.Integer),
    sa.column("tell_resolved", sa.Boolean),
    sa.column("grave", sa.Boolean),
    sa.column("watched_since", sa.DateTime(timezone=True)),
    sa.column("created_at", sa.DateTime(timezone=True)),
)
_INCIDENT = sa.table("alert_incident", sa.column("id"), sa.column("rule_id"))
_MESSAGE = sa.table("alert_message", sa.column("incident_id"))
_TOLD_AT = sa.table("alert_rule_destination", sa.column("rule_id"))


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("recurrence_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("takes_over", sa.Boolean(), nullable=False),
        sa.Column("lead_min", sa.Integer(), nullable=False),
        sa.Column("grace_min", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("planned_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_schedule_channel_id_channel")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_channel_id"), "schedule", ["channel_id"])
    op.create_index(
        "uq_schedule_uid",
        "schedule",
        ["uid", "recurrence_id"],
        unique=True,
        sqlite_where=_NOT_ARCHIVED,
        postgresql_where=_NOT_ARCHIVED,
    )
    op.create_table(
        "schedule_occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("taken_over", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("findings", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedule.id"],
            name=op.f("fk_schedule_occurrence_schedule_id_schedule"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_occurrence")),
        sa.UniqueConstraint(
            "schedule_id", "key", name=op.f("uq_schedule_occurrence_schedule_id_key")
        ),
    )
    for name, column in (
        ("due", "next_at"),
        ("check", "check_at"),
        ("starts", "starts_at"),
        ("recording", "recording_id"),
    ):
        op.create_index(f"ix_schedule_occurrence_{name}", "schedule_occurrence", [column])

    _watch_schedules()


def _watch_schedules() -> None:
    """Rules that are there from the beginning, as those of 0009: they tell on the screen."""
    now = datetime.now(UTC)
    for condition in ("schedule_trouble", "schedule_missed"):
        op.execute(
            _RULE.insert().values(
                name="", condition=condition, amount=0, tell_resolved=True, grave=False,
                watched_since=now, created_at=now,
            )
        )  # fmt: skip


def downgrade() -> None:
    """What rules of schedules found and told goes with them: no earlier step can say it."""
    theirs = sa.select(_RULE.c.id).where(_RULE.c.condition.like("schedule%"))
    incidents = sa.select(_INCIDENT.c.id).where(_INCIDENT.c.rule_id.in_(theirs))
    op.execute(_MESSAGE.delete().where(_MESSAGE.c.incident_id.in_(incidents)))
    op.execute(_INCIDENT.delete().where(_INCIDENT.c.rule_id.in_(theirs)))
    op.execute(_TOLD_AT.delete().where(_TOLD_AT.c.rule_id.in_(theirs)))
    op.execute(_RULE.delete().where(_RULE.c.condition.like("schedule%")))
    op.drop_table("schedule_occurrence")
    op.drop_table("schedule")
