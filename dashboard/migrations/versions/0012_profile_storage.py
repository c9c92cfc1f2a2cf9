"""Storage targets of recording profiles.

Revision: 0012, after 0011
"""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
