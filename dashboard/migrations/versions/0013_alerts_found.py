"""Alerts are found by their subject, and what was joined by its summary.

Revision: 0013, after 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index("ix_alert_incident_subject", "alert_incident", ["rule_id", "subject"])
    op.create_index("ix_alert_message_summary", "alert_message", ["summary_id"])


def downgrade() -> None:
    op.drop_index("ix_alert_message_summary", "alert_message")
    op.drop_index("ix_alert_incident_subject", "alert_incident")
