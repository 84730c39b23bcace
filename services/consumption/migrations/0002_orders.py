"""Households and requests as consumption knows them; producers, products, orders."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.helping.migrations import (
    create_known_household_v1,
    create_measure_request_v1,
    drop_known_household_v1,
    drop_measure_request_v1,
)

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_known_household_v1()
    create_measure_request_v1()
    op.create_table(
        "producer",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "household",
                "cooperative",
                "firm",
                name="producerkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("uscc", sa.String(18), nullable=True),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_producer")),
    )
    op.create_index("ix_producer_region_code", "producer", ["region_code"])
    op.create_table(
        "producer_link",
        sa.Column("producer_code", sa.String(64), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        _branch(),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["producer_code"], ["producer.code"], name=op.f("fk_producer_link_producer_code_producer")
        ),
        sa.PrimaryKeyConstraint("producer_code", "household_code", "branch", name=op.f("pk_producer_link")),
    )
    op.create_table(
        "product",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("producer_code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("available >= 0", name=op.f("ck_product_available_not_negative")),
        sa.ForeignKeyConstraint(["producer_code"], ["producer.code"], name=op.f("fk_product_producer_code_producer")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_product")),
    )
    op.create_index("ix_product_producer_code", "product", ["producer_code"])
    op.create_table(
        "buyer",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_buyer")),
    )
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("buyer_code", sa.String(64), nullable=False),
        sa.Column("buyer_order_no", sa.String(64), nullable=False),
        sa.Column("placed_by", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "placed",
                "accepted",
                "shipped",
                "received",
                "disputed",
                "settled",
                "cancelled",
                name="orderstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("request_household", sa.String(64), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["buyer_code"], ["buyer.code"], name=op.f("fk_purchase_order_buyer_code_buyer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("buyer_code", "buyer_order_no", name=op.f("uq_purchase_order_buyer_code_buyer_order_no")),
    )
    op.create_index("ix_purchase_order_placed_at_id", "purchase_order", ["placed_at", "id"])
    op.create_index("ix_purchase_order_region_code", "purchase_order", ["region_code"])
    op.create_index("ix_purchase_order_updated_at", "purchase_order", ["updated_at"])
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("product_code", sa.String(64), nullable=False),
        sa.Column("producer_code", sa.String(64), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("producer_amount", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_line_order_id_purchase_order")
        ),
        sa.ForeignKeyConstraint(["product_code"], ["product.code"], name=op.f("fk_order_line_product_code_product")),
        sa.PrimaryKeyConstraint("order_id", "line_no", name=op.f("pk_order_line")),
    )
    op.create_table(
        "line_share",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        _branch(),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id", "line_no"],
            ["order_line.order_id", "order_line.line_no"],
            name=op.f("fk_line_share_order_id_line_no_order_line"),
        ),
        sa.PrimaryKeyConstraint("order_id", "line_no", "household_code", "branch", name=op.f("pk_line_share")),
    )


def downgrade() -> None:
    for table in ("line_share", "order_line", "purchase_order", "buyer", "product", "producer_link", "producer"):
        op.drop_table(table)
    drop_measure_request_v1()
    drop_known_household_v1()


def _branch() -> sa.Column[str]:
    return sa.Column(
        "branch",
        sa.Enum(
            "wage",
            "operating",
            "property",
            "transfer",
            name="incomebranch",
            native_enum=False,
            create_constraint=True,
            length=32,
        ),
        nullable=False,
    )
