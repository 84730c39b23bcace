"""The system tables of a house with one procedure, its steps, and the papers that are taken through it."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.procedures.migrations import create_procedure_step_v1, drop_procedure_step_v1
from tests.mechanism.newest_system_tables import create_system_tables, drop_system_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_system_tables()
    create_procedure_step_v1()
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("appeal_ends_on", sa.Date(), nullable=True),
        sa.Column("appeal_rule", sa.JSON(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("overdue_of", sa.Date(), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
    )


def downgrade() -> None:
    op.drop_table("paper")
    drop_procedure_step_v1()
    drop_system_tables()
