"""Where clients want to be told of changes, and what is not simply delivered."""

from shared.db.system_migrations import create_webhooks, drop_webhooks

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    create_webhooks()


def downgrade() -> None:
    drop_webhooks()
