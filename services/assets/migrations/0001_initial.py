"""The system tables of assets."""

from shared.db.system_migrations import create_system_tables_v1, drop_system_tables_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_system_tables_v1()


def downgrade() -> None:
    drop_system_tables_v1()
