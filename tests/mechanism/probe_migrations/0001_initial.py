"""The system tables of the probe house and its two tables."""

import sqlalchemy as sa
from alembic import op

from shared.db.system_migrations import (
    add_commit_clock,
    create_job,
    create_system_tables_v1,
    drop_job,
    drop_system_tables_v1,
    mark_positions,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_system_tables_v1()
    mark_positions()
    add_commit_clock()
    create_job()
    op.create_table(
        "counter",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )
    op.create_table(
        "effect",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_effect"),
    )


def downgrade() -> None:
    op.drop_table("effect")
    op.drop_table("counter")
    drop_job()
    op.drop_table("commit_clock")
    drop_system_tables_v1()
