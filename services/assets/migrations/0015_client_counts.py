"""Requests of clients are counted: against their limits, and by day and group of routes."""

from shared.db.system_migrations import create_client_counts, drop_client_counts

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    create_client_counts()


def downgrade() -> None:
    drop_client_counts()
