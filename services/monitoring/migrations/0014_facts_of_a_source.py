"""The facts of one source are listed by their changes: who brought few is not looked for among those of all."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_index("ix_fact_source_updated_at", "fact", ["source", "updated_at"])


def downgrade() -> None:
    op.drop_index("ix_fact_source_updated_at", "fact")
