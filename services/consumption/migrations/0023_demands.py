"""Demands of buyers, and the orders they became."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0023"
down_revision = "0022"

_STATUS = sa.Enum(
    *("open", "adopted", "overruled", "closed"),
    name="demandstatus",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    op.create_table(
        "demand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("buyer_code", sa.String(64), nullable=False),
        sa.Column("demand_no", sa.String(64), nullable=False),
        sa.Column("commodity_code", sa.String(64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("max_price", sa.BigInteger(), nullable=True),
        sa.Column("deliver_by", sa.Date(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("status", _STATUS, nullable=False),
        sa.Column("placed_by", sa.String(64), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["buyer_code"], ["buyer.code"], name="fk_demand_buyer_code_buyer"),
        sa.ForeignKeyConstraint(["commodity_code"], ["commodity.code"], name="fk_demand_commodity_code_commodity"),
        sa.PrimaryKeyConstraint("id", name="pk_demand"),
        sa.UniqueConstraint("buyer_code", "demand_no", name="uq_demand_buyer_code_demand_no"),
    )
    op.create_index("ix_demand_placed_at_id", "demand", ["placed_at", "id"])
    op.create_index("ix_demand_updated_at_id", "demand", ["updated_at", "id"])
    op.create_table(
        "demand_order",
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name="fk_demand_order_demand_id_demand"),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name="fk_demand_order_order_id_purchase_order"),
        sa.PrimaryKeyConstraint("demand_id", "order_id", name="pk_demand_order"),
    )


def downgrade() -> None:
    op.drop_table("demand_order")
    op.drop_table("demand")
