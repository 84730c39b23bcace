"""Risks are listed by the day they opened; on SQLite, what is read by its key lies by its key, without a row number."""

from alembic import op

revision = "0012"
down_revision = "0011"

_BY_KEY = ("ledger_month", "medical_month", "household_window")


def upgrade() -> None:
    op.create_index("ix_risk_opened_at_id", "risk", ["opened_at", "id"])
    _lay_anew(with_rowid=False)


def downgrade() -> None:
    _lay_anew(with_rowid=True)
    op.drop_index("ix_risk_opened_at_id", "risk")


def _lay_anew(*, with_rowid: bool) -> None:
    """Copy the tables. PostgreSQL has no such choice."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in _BY_KEY:
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_with_rowid": with_rowid}):
            pass
