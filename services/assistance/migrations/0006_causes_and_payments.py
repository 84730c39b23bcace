"""Tasks know the causes a verdict saw and when they changed; measures what was paid; credits can be withdrawn.

Deadlines that were counted before are taken to be counted from the day of the newest decision.
"""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0006"
down_revision = "0005"

_LONG_AGO = "1970-01-01 00:00:00"


def upgrade() -> None:
    _extend_tasks()
    _extend_payments()
    op.create_table(
        "withdrawal",
        sa.Column("house", sa.String(32), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("branch", _codes("incomebranch", "wage", "operating", "property", "transfer"), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            _codes("withdrawalreason", "wrong_household", "wrong_person", "wrong_amount", "duplicate", "other"),
            nullable=False,
        ),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.String(64), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("house", "credit_id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("id", name=op.f("uq_withdrawal_id")),
    )
    op.create_index(op.f("ix_withdrawal_household_code"), "withdrawal", ["household_code"])


def downgrade() -> None:
    op.drop_table("withdrawal")
    op.drop_column("disbursement", "withdrawn_on")
    op.drop_column("measure", "paid")
    op.drop_index("ix_task_updated_at_id", table_name="task")
    for column in ("updated_at", "seen_causes", "causes", "due_workdays", "due_from"):
        op.drop_column("task", column)


def _extend_tasks() -> None:
    op.add_column("task", sa.Column("due_from", sa.Date(), nullable=True))
    op.add_column("task", sa.Column("due_workdays", sa.Integer(), nullable=True))
    op.add_column("task", sa.Column("causes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("task", sa.Column("seen_causes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("task", sa.Column("updated_at", UtcDateTime(), nullable=False, server_default=_LONG_AGO))
    task = sa.table(
        "task",
        *(sa.column(name) for name in ("due_on", "due_from", "decided_on", "opened_at", "updated_at")),
    )
    op.execute(sa.update(task).values(updated_at=task.c.opened_at))
    op.execute(sa.update(task).where(task.c.due_on.is_not(None)).values(due_from=task.c.decided_on))
    op.create_index("ix_task_updated_at_id", "task", ["updated_at", "id"])


def _extend_payments() -> None:
    op.add_column("measure", sa.Column("paid", sa.BigInteger(), nullable=True))
    op.add_column("disbursement", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    measure = sa.table("measure", *(sa.column(name) for name in ("id", "kind", "paid")))
    names = ("id", "measure_id", "amount", "supersedes_id")
    paid = sa.table("disbursement", *(sa.column(name) for name in names))
    later = paid.alias("later")
    counts = ~sa.exists().where(later.c.supersedes_id == paid.c.id)
    total = sa.select(sa.func.coalesce(sa.func.sum(paid.c.amount), 0)).where(paid.c.measure_id == measure.c.id, counts)
    op.execute(sa.update(measure).where(measure.c.kind == "transfer").values(paid=total.scalar_subquery()))


def _codes(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
