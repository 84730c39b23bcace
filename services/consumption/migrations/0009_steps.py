"""The history of an order is rows of the table of steps; its version grows with every step."""

import sqlalchemy as sa
from alembic import op

from shared.procedures.migrations import (
    create_procedure_step_v1,
    drop_procedure_step_v1,
    history_to_steps,
    raise_versions,
    steps_to_history,
)

revision = "0009"
down_revision = "0008"

_SIDES = {"buyer": "consumption:order", "supply": "consumption:approve"}


def upgrade() -> None:
    create_procedure_step_v1()
    history_to_steps("purchase_order", "order", _SIDES)
    op.add_column("purchase_order", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    raise_versions("purchase_order", "order")


def downgrade() -> None:
    op.drop_column("purchase_order", "version")
    steps_to_history("purchase_order", "order", _SIDES)
    drop_procedure_step_v1()
