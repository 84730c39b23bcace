"""What is published is kept for the change feed, from now on."""

from shared.db.system_migrations import create_change, drop_change

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    create_change()


def downgrade() -> None:
    drop_change()
