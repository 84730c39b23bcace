"""What becomes of a fact can be asked: changes of facts and risks have moments; what is unjudged is due."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0005"
down_revision = "0004"

_EARLIEST = "1970-01-01 00:00:00.000000"


def upgrade() -> None:
    op.add_column("fact", sa.Column("confirmed", sa.String(500), nullable=True))
    _add_moment("fact", "recorded_at")
    _add_moment("risk", "COALESCE(cleared_at, opened_at)")
    op.add_column("household_window", sa.Column("judged_on", sa.Date(), nullable=True))
    op.add_column("household_window", sa.Column("due_after", sa.Date(), nullable=True))
    op.create_index(op.f("ix_household_window_due_after"), "household_window", ["due_after"])
    op.create_table(
        "risk_fact",
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name=op.f("fk_risk_fact_risk_id_risk")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_risk_fact_fact_id_fact")),
        sa.PrimaryKeyConstraint("risk_id", "fact_id", name=op.f("pk_risk_fact")),
    )
    op.create_index(op.f("ix_risk_fact_fact_id"), "risk_fact", ["fact_id"])
    op.create_table(
        "source_heard",
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_heard")),
    )
    op.execute(sa.text("UPDATE illness SET code = UPPER(code) WHERE code <> UPPER(code)"))


def _add_moment(table: str, first: str) -> None:
    """Add when a row changed last, for rows that are there from what is known of them."""
    moment = sa.Column[dt.datetime]("updated_at", UtcDateTime(), nullable=False, server_default=_EARLIEST)
    op.add_column(table, moment)
    op.execute(sa.text(f"UPDATE {table} SET updated_at = {first}"))  # noqa: S608  only names
    op.create_index(op.f(f"ix_{table}_updated_at"), table, ["updated_at"])


def downgrade() -> None:
    op.drop_table("source_heard")
    op.drop_table("risk_fact")
    op.drop_index(op.f("ix_household_window_due_after"), "household_window")
    op.drop_column("household_window", "due_after")
    op.drop_column("household_window", "judged_on")
    for table in ("risk", "fact"):
        op.drop_index(op.f(f"ix_{table}_updated_at"), table)
        op.drop_column(table, "updated_at")
    op.drop_column("fact", "confirmed")
