"""The history of a task is rows of the table of steps; a task knows of which due date it was told that it passed."""

import sqlalchemy as sa
from alembic import op

from shared.procedures.migrations import (
    create_procedure_step_v1,
    drop_procedure_step_v1,
    history_to_steps,
    raise_versions,
    steps_to_history,
)

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    create_procedure_step_v1()
    history_to_steps("task", "task", sides={})
    raise_versions("task", "task")
    op.add_column("task", sa.Column("overdue_of", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("task", "overdue_of")
    op.execute("DELETE FROM procedure_step WHERE thing_kind = 'task' AND action = 'overdue'")
    steps_to_history("task", "task", sides={})
    drop_procedure_step_v1()
