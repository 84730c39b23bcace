"""Measures, what was disbursed and credited, known households; tasks for lost jobs, each with its chain."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.helping.migrations import create_known_household_v1, drop_known_household_v1

revision = "0002"
down_revision = "0001"


def _codes(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _risk_kinds(*more: str) -> sa.Enum:
    return _codes("riskkind", "below_line", "income_drop", "rigid_expense", "new_illness", *more)


def upgrade() -> None:
    create_known_household_v1()
    op.add_column("task", sa.Column("correlation_id", sa.String(64), nullable=True))
    task = sa.table("task", sa.column("id", sa.Uuid()), sa.column("correlation_id", sa.String(64)))
    op.execute(sa.update(task).values(correlation_id=sa.cast(task.c.id, sa.String(64))))
    with op.batch_alter_table("task") as batch:
        batch.alter_column("kind", existing_type=_risk_kinds(), type_=_risk_kinds("job_loss"), existing_nullable=False)
        batch.alter_column("correlation_id", existing_type=sa.String(64), nullable=False)
    _create_measure()
    _create_disbursement()
    _create_credit()


def downgrade() -> None:
    for table in ("credit", "disbursement", "measure"):
        op.drop_table(table)
    with op.batch_alter_table("task") as batch:
        batch.drop_column("correlation_id")
        batch.alter_column("kind", existing_type=_risk_kinds("job_loss"), type_=_risk_kinds(), existing_nullable=False)
    drop_known_household_v1()


def _create_measure() -> None:
    op.create_table(
        "measure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("kind", _codes("measurekind", "job", "purchase", "asset_share", "transfer"), nullable=False),
        sa.Column(
            "status",
            _codes("measurestatus", "requested", "accepted", "refused", "completed", "cancelled"),
            nullable=False,
        ),
        sa.Column("reason", _codes("refusalreason", "no_offer", "not_eligible", "declined", "other"), nullable=True),
        sa.Column("member_no", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("overdue_at", UtcDateTime(), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_measure_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    op.create_index(op.f("ix_measure_household_code"), "measure", ["household_code"])
    op.create_index("ix_measure_requested_at_id", "measure", ["requested_at", "id"])
    op.create_index("ix_measure_status_answer_by", "measure", ["status", "answer_by"])
    op.create_index(op.f("ix_measure_task_id"), "measure", ["task_id"])


def _create_disbursement() -> None:
    op.create_table(
        "disbursement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(128), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("disbursed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_disbursement_measure_id_measure")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["disbursement.id"], name=op.f("fk_disbursement_supersedes_id_disbursement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursement")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_disbursement_supersedes_id")),
    )
    op.create_index(op.f("ix_disbursement_household_code"), "disbursement", ["household_code"])
    op.create_index(op.f("ix_disbursement_measure_id"), "disbursement", ["measure_id"])
    op.create_index("ix_disbursement_recorded_at_id", "disbursement", ["recorded_at", "id"])


def _create_credit() -> None:
    op.create_table(
        "credit",
        sa.Column("house", sa.String(32), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("branch", _codes("incomebranch", "wage", "operating", "property", "transfer"), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.Column("credited_on", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("house", "credit_id", name=op.f("pk_credit")),
    )
    op.create_index(op.f("ix_credit_household_code"), "credit", ["household_code"])
