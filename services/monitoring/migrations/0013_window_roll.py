"""The roll of the windows keeps how far it is, and needs no index of the months that windows end with."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "window_roll",
        sa.Column("anchor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("anchor", name=op.f("pk_window_roll")),
    )
    op.drop_index("ix_household_window_anchor", "household_window")


def downgrade() -> None:
    op.create_index("ix_household_window_anchor", "household_window", ["anchor"])
    op.drop_table("window_roll")
