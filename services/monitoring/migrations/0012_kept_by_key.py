"""Risks are listed by the day they opened; on SQLite, what is read by its key lies by its key, without a row number."""

from alembic import op

from shared.db.rowid_migrations import lay_by_key, lay_by_row_number

revision = "0012"
down_revision = "0011"

_BY_KEY = ("ledger_month", "medical_month", "household_window")


def upgrade() -> None:
    op.create_index("ix_risk_opened_at_id", "risk", ["opened_at", "id"])
    for table in _BY_KEY:
        lay_by_key(table)


def downgrade() -> None:
    for table in _BY_KEY:
        lay_by_row_number(table)
    op.drop_index("ix_risk_opened_at_id", "risk")
