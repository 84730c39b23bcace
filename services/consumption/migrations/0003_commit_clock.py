"""The commit clock: what was changed after a moment can be asked for without missing a row."""

from alembic import op

from shared.db.system_migrations import add_commit_clock

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    add_commit_clock()


def downgrade() -> None:
    op.drop_table("commit_clock")
