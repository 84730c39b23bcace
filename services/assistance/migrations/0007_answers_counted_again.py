"""Measures know how the day of their answer was counted, so that it is counted again once the calendar is announced.

What was asked for before keeps its day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("measure", sa.Column("answer_provisional", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("measure", sa.Column("answer_from", sa.Date(), nullable=True))
    op.add_column("measure", sa.Column("answer_workdays", sa.Integer(), nullable=True))


def downgrade() -> None:
    for column in ("answer_workdays", "answer_from", "answer_provisional"):
        op.drop_column("measure", column)
