"""Requests can be asked for by what changed, and assets are found by it."""

from shared.db.moment_migrations import (
    add_moment_of_change,
    drop_index_of_change,
    drop_moment_of_change,
    index_moment_of_change,
)

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    add_moment_of_change("measure_request", "COALESCE(answered_at, requested_at)", "updated_at", "id")
    index_moment_of_change("asset", "updated_at", "code")


def downgrade() -> None:
    drop_index_of_change("asset", "updated_at", "code")
    drop_moment_of_change("measure_request", "updated_at", "id")
