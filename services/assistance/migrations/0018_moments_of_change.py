"""Measures and disbursements can be asked for by what changed."""

from shared.db.moment_migrations import add_moment_of_change, drop_moment_of_change

revision = "0018"
down_revision = "0017"

_WITHDRAWN_AT = (
    "SELECT withdrawal.at FROM withdrawal"
    " WHERE withdrawal.house = 'assistance' AND withdrawal.credit_id = disbursement.id"
)


def upgrade() -> None:
    add_moment_of_change("measure", "COALESCE(answered_at, requested_at)", "updated_at", "id")
    add_moment_of_change("disbursement", f"COALESCE(({_WITHDRAWN_AT}), recorded_at)", "updated_at", "id")


def downgrade() -> None:
    drop_moment_of_change("disbursement", "updated_at", "id")
    drop_moment_of_change("measure", "updated_at", "id")
