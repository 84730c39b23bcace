"""Orders of one buyer or of one status, the newest first, without looking at all others."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    for column in ("buyer_code", "status"):
        op.create_index(f"ix_purchase_order_{column}_placed_at_id", "purchase_order", [column, "placed_at", "id"])


def downgrade() -> None:
    for column in ("status", "buyer_code"):
        op.drop_index(f"ix_purchase_order_{column}_placed_at_id", "purchase_order")
