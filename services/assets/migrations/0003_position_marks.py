"""Positions on the bus know the log they are of."""

from shared.db.floor_migrations import mark_positions, unmark_positions

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    mark_positions()


def downgrade() -> None:
    unmark_positions()
