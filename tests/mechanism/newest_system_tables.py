"""The system tables of today, for the migrations of houses that only tests know."""

from alembic import op

from shared.db.sealing_migrations import create_sealing_key, drop_sealing_key
from shared.db.system_migrations import (
    add_audit_chain,
    add_commit_clock,
    create_change,
    create_client_counts,
    create_imports,
    create_job,
    create_system_tables_v1,
    create_webhooks,
    drop_audit_chain,
    drop_change,
    drop_client_counts,
    drop_imports,
    drop_job,
    drop_system_tables_v1,
    drop_webhooks,
    mark_positions,
)


def create_system_tables() -> None:
    """Make them in one step."""
    create_system_tables_v1()
    mark_positions()
    add_commit_clock()
    create_job()
    add_audit_chain()
    create_sealing_key()
    create_change()
    create_imports()
    create_webhooks()
    create_client_counts()


def drop_system_tables() -> None:
    """Take them away again."""
    drop_client_counts()
    drop_webhooks()
    drop_imports()
    drop_audit_chain()
    drop_sealing_key()
    drop_change()
    drop_job()
    op.drop_table("commit_clock")
    drop_system_tables_v1()
