"""Workers are found by the person: somebody passes from one household to another."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_index("ix_worker_person_id", "worker", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_worker_person_id", "worker")
