"""The audit is a chain: each row has its place and the hash that holds it there."""

from shared.db.system_migrations import add_audit_chain, drop_audit_chain

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    add_audit_chain()


def downgrade() -> None:
    drop_audit_chain()
