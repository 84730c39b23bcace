"""The first tables of assistance."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.system_migrations import create_system_tables_v1, drop_system_tables_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_system_tables_v1()
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "below_line",
                "income_drop",
                "rigid_expense",
                "new_illness",
                name="riskkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum("orange", "red", name="riskgrade", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "accepted",
                "in_progress",
                "verified",
                "closed",
                name="taskstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("taken_up", sa.Boolean(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("confirmed", "no_risk", name="taskverdict", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column(
            "risk_status",
            sa.Enum("open", "cleared", name="riskstatus", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("risk_version", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("household_code", "kind", "episode", name=op.f("uq_task_household_code_kind_episode")),
    )
    op.create_index("ix_task_opened_at_id", "task", ["opened_at", "id"], unique=False)
    op.create_index("ix_task_region_code_status", "task", ["region_code", "status"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_task_region_code_status", table_name="task")
    op.drop_index("ix_task_opened_at_id", table_name="task")
    op.drop_table("task")
    drop_system_tables_v1()
