"""Answers to an `Idempotency-Key` are kept sealed."""

from shared.db.sealing_migrations import IDEMPOTENCY, create_sealing_key, drop_sealing_key, open_columns, seal_columns

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    create_sealing_key()
    seal_columns(IDEMPOTENCY)


def downgrade() -> None:
    open_columns(IDEMPOTENCY)
    drop_sealing_key()
