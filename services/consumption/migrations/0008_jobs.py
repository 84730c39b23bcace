"""Long work is kept with how far it is."""

from shared.db.system_migrations import create_job, drop_job

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    create_job()


def downgrade() -> None:
    drop_job()
