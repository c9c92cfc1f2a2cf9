"""Rules of alerts, what they found, and what was told where.

A few rules are there from the beginning; they tell on the screen alone.

Revision: 0009, after 0008
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

FIRST_RULES = (
    ("failed", 0),
    ("lost", 0),
    ("storage_error", 0),
    ("nobody_publishing", 5),
    ("no_upload", 5),
    ("callbacks_silent", 10),
    ("unreachable", 2),
    ("ceiling_near", 10),
    ("disk_filling", 10),
)
"""condition, and minutes or, of a disk, per cent."""


def upgrade() -> None:
    _create_rules()
    _create_incidents()
    _create_messages()
    op.create_table(
        "disk_space",
        sa.Column("worker_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("free_bytes", sa.BigInteger(), nullable=False),
        sa.Column("before_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_free_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", "place", name=op.f("pk_disk_space")),
    )


def _create_rules() -> None:
    op.create_table(
        "alert_destination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("shown", sa.String(length=255), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=True),
        sa.Column("quiet_until", sa.String(length=5), nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("test_fault", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_destination")),
    )
    rules = op.create_table(
        "alert_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("condition", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("repeat_minutes", sa.Integer(), nullable=True),
        sa.Column("tell_resolved", sa.Boolean(), nullable=False),
        sa.Column("grave", sa.Boolean(), nullable=False),
        sa.Column("watched_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_alert_rule_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_alert_rule_channel_id_channel")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_rule")),
    )
    now = datetime.now(UTC)
    op.bulk_insert(
        rules,
        [
            {
                "name": "",
                "condition": condition,
                "amount": amount,
                "tell_resolved": True,
                "grave": False,
                "watched_since": now,
                "created_at": now,
            }
            for condition, amount in FIRST_RULES
        ],
    )
    op.create_table(
        "alert_rule_destination",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["alert_rule.id"],
            name=op.f("fk_alert_rule_destination_rule_id_alert_rule"),
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["alert_destination.id"],
            name=op.f("fk_alert_rule_destination_destination_id_alert_destination"),
        ),
        sa.PrimaryKeyConstraint(
            "rule_id", "destination_id", name=op.f("pk_alert_rule_destination")
        ),
    )


def _create_incidents() -> None:
    op.create_table(
        "alert_incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("where", sa.String(length=255), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clear_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=255), nullable=True),
        sa.Column("repeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["alert_rule.id"], name=op.f("fk_alert_incident_rule_id_alert_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_incident")),
    )
    still_open = sa.text("resolved_at IS NULL")
    op.create_index(
        "uq_alert_incident_open",
        "alert_incident",
        ["rule_id", "subject"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index("ix_alert_incident_resolved", "alert_incident", ["resolved_at", "id"])


def _create_messages() -> None:
    op.create_table(
        "alert_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("grave", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_fault", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("accepted", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["alert_incident.id"],
            name=op.f("fk_alert_message_incident_id_alert_incident"),
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["alert_destination.id"],
            name=op.f("fk_alert_message_destination_id_alert_destination"),
        ),
        sa.ForeignKeyConstraint(
            ["summary_id"],
            ["alert_message.id"],
            name=op.f("fk_alert_message_summary_id_alert_message"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_message")),
        sa.UniqueConstraint(
            "incident_id",
            "destination_id",
            "kind",
            "number",
            name=op.f("uq_alert_message_incident_id_destination_id_kind_number"),
        ),
    )
    op.create_index("ix_alert_message_due", "alert_message", ["state", "next_try_at"])


def downgrade() -> None:
    for table in (
        "disk_space",
        "alert_message",
        "alert_incident",
        "alert_rule_destination",
        "alert_rule",
        "alert_destination",
    ):
        op.drop_table(table)
