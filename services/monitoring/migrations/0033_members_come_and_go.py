"""A household says when somebody was taken in last and when somebody left last."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("household", sa.Column("joined_on", sa.Date(), nullable=True))
    op.add_column("household", sa.Column("left_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("household", "left_on")
    op.drop_column("household", "joined_on")
