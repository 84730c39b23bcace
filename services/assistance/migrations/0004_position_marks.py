"""Positions on the bus know the log they are of."""

from shared.db.system_migrations import mark_positions, unmark_positions

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    mark_positions()


def downgrade() -> None:
    unmark_positions()
