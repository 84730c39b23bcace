"""The system tables of the probe house and its two tables."""

import sqlalchemy as sa
from alembic import op

from tests.mechanism.newest_system_tables import create_system_tables, drop_system_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_system_tables()
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
    drop_system_tables()
