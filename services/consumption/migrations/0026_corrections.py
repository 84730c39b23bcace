"""Payments are corrected, and payments and reports withdrawn."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.execute(
        sa.text(
            "ALTER TABLE payment ADD COLUMN status VARCHAR(32) DEFAULT 'stands' NOT NULL"
            " CONSTRAINT ck_payment_recordstatus CHECK (status IN ('stands', 'superseded', 'withdrawn'))"
        )
    )
    op.add_column("payment", sa.Column("supersedes_id", sa.Uuid(), nullable=True))
    long_ago = sa.text("'1970-01-01 00:00:00'")
    op.add_column("payment", sa.Column("updated_at", UtcDateTime(), nullable=False, server_default=long_ago))
    op.execute(sa.text("UPDATE payment SET updated_at = recorded_at"))
    for column in ("recorded_at", "updated_at"):
        op.create_index(f"ix_payment_{column}_id", "payment", [column, "id"])
    op.create_index("uq_payment_supersedes_id", "payment", ["supersedes_id"], unique=True)
    op.create_table(
        "withdrawal",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("thing", sa.String(32), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(128), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.String(64), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_withdrawal"),
        sa.UniqueConstraint("thing", "source", "source_ref", name="uq_withdrawal_thing_source_source_ref"),
    )


def downgrade() -> None:
    op.drop_table("withdrawal")
    op.drop_index("uq_payment_supersedes_id", "payment")
    for column in ("updated_at", "recorded_at"):
        op.drop_index(f"ix_payment_{column}_id", "payment")
    for column in ("updated_at", "supersedes_id", "status"):
        op.drop_column("payment", column)
