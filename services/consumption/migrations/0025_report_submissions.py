"""Reports of sales that regions submitted."""

from shared.reporting.migrations import create_submissions, drop_submissions

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    create_submissions()


def downgrade() -> None:
    drop_submissions()
