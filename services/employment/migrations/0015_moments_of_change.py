"""Requests and workers can be asked for by what changed."""

from shared.db.moment_migrations import add_moment_of_change, drop_moment_of_change

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    add_moment_of_change("measure_request", "COALESCE(answered_at, requested_at)", "updated_at", "id")
    add_moment_of_change("worker", None, "updated_at", "id")


def downgrade() -> None:
    drop_moment_of_change("worker", "updated_at", "id")
    drop_moment_of_change("measure_request", "updated_at", "id")
