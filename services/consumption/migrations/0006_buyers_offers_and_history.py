"""Buyers are bound, registers have versions, offers say more, stocks move by themselves, orders know their steps."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.system_migrations import add_spelling_index, drop_spelling_index

revision = "0006"
down_revision = "0005"

_REGISTERS = ("producer", "product", "buyer")
_BUYERS_STEPS = ("receive", "cancel", "dispute")
_ORDERS = sa.table(
    "purchase_order", sa.column("id", sa.Uuid()), sa.column("placed_by"), sa.column("history", sa.JSON())
)
_AUDIT = sa.table(
    "audit",
    sa.column("seq"),
    sa.column("at", UtcDateTime()),
    sa.column("actor"),
    sa.column("action"),
    sa.column("subject"),
    sa.column("after", sa.JSON()),
)


def upgrade() -> None:
    for register in _REGISTERS:
        op.add_column(register, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("buyer") as buyer:
        buyer.add_column(sa.Column("name", sa.String(128), nullable=True))
        buyer.add_column(sa.Column("bound_in", sa.String(12), nullable=True))
        buyer.alter_column("client_id", existing_type=sa.String(64), nullable=True)
    op.create_index("ix_buyer_client_id", "buyer", ["client_id"])
    op.add_column("product", sa.Column("specification", sa.String(256), nullable=True))
    op.add_column("product", sa.Column("minimum", sa.BigInteger(), nullable=True))
    op.add_column("product", sa.Column("step", sa.BigInteger(), nullable=True))
    for register in _REGISTERS:
        add_spelling_index(register)
    _create_stock_move()
    op.add_column("order_line", sa.Column("name", sa.String(128), nullable=False, server_default=""))
    op.add_column("order_line", sa.Column("unit", sa.String(16), nullable=False, server_default=""))
    op.add_column("order_line", sa.Column("specification", sa.String(256), nullable=True))
    op.execute(
        "UPDATE order_line SET name = (SELECT name FROM product WHERE code = order_line.product_code),"
        " unit = (SELECT unit FROM product WHERE code = order_line.product_code)"
    )
    op.add_column("purchase_order", sa.Column("deliver_by", sa.Date(), nullable=True))
    op.add_column("purchase_order", sa.Column("deliver_to", sa.String(256), nullable=True))
    op.add_column("purchase_order", sa.Column("contact", sa.String(128), nullable=True))
    op.add_column("purchase_order", sa.Column("invoice_title", sa.String(128), nullable=True))
    op.add_column("purchase_order", sa.Column("history", sa.JSON(), nullable=False, server_default="[]"))
    _tell_history()


def downgrade() -> None:
    for column in ("history", "invoice_title", "contact", "deliver_to", "deliver_by"):
        op.drop_column("purchase_order", column)
    for column in ("specification", "unit", "name"):
        op.drop_column("order_line", column)
    op.drop_table("stock_move")
    for register in _REGISTERS:
        drop_spelling_index(register)
    for column in ("step", "minimum", "specification", "version"):
        op.drop_column("product", column)
    op.drop_column("producer", "version")
    op.execute("UPDATE buyer SET client_id = '' WHERE client_id IS NULL")
    op.drop_index("ix_buyer_client_id", "buyer")
    with op.batch_alter_table("buyer") as buyer:
        buyer.alter_column("client_id", existing_type=sa.String(64), nullable=False)
        for column in ("bound_in", "name", "version"):
            buyer.drop_column(column)


def _create_stock_move() -> None:
    op.create_table(
        "stock_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_code", sa.String(64), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("moved_by", sa.String(64), nullable=False),
        sa.Column("was_counted", sa.Boolean(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.ForeignKeyConstraint(["product_code"], ["product.code"], name=op.f("fk_stock_move_product_code_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
    )
    op.create_index("ix_stock_move_product_code_moved_at_id", "stock_move", ["product_code", "moved_at", "id"])


def _tell_history() -> None:
    """The steps of the orders there are, from the audit. Notes were not kept."""
    connection = op.get_bind()
    placed_by = {row.id: row.placed_by for row in connection.execute(sa.select(_ORDERS))}
    steps: dict[UUID, list[dict[str, Any]]] = {order_id: [] for order_id in placed_by}
    told = sa.select(_AUDIT).where(_AUDIT.c.action.startswith("order.")).order_by(_AUDIT.c.seq)
    for row in connection.execute(told) if placed_by else ():
        order_id, action = UUID(row.subject), row.action.removeprefix("order.").replace("placed", "place")
        if order_id in steps:
            by_buyer = row.actor == placed_by[order_id] and action in {"place", *_BUYERS_STEPS}
            steps[order_id].append(
                {
                    "at": row.at.isoformat(),
                    "action": action,
                    "by": row.actor,
                    "side": "buyer" if by_buyer else "supply",
                    "for_buyer": not by_buyer and action in _BUYERS_STEPS,
                    "status": row.after["status"],
                    "note": None,
                }
            )
    known = sa.update(_ORDERS).where(_ORDERS.c.id == sa.bindparam("of_order")).values(history=sa.bindparam("steps"))
    rows = [{"of_order": order_id, "steps": taken} for order_id, taken in steps.items()]
    if rows:
        connection.execute(known, rows)
