"""Tasks that may become overdue are found by their due date; those told of, and those that ended, are left out."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_UNTOLD = "status NOT IN ('closed') AND overdue_of {} due_on"


def upgrade() -> None:
    op.create_index(
        "ix_task_untold",
        "task",
        ["due_on", "id"],
        sqlite_where=sa.text(_UNTOLD.format("IS NOT")),
        postgresql_where=sa.text(_UNTOLD.format("IS DISTINCT FROM")),
    )


def downgrade() -> None:
    op.drop_index("ix_task_untold", "task")
