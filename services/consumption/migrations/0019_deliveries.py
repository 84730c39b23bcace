"""Orders come in deliveries; shares are frozen once for each producer; what was settled can be restated; payments."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from shared.clock import BUSINESS_ZONE
from shared.db.base import UtcDateTime
from shared.db.check_migrations import CodeCheck, add_code_checks, drop_code_checks
from shared.ids import derived_id
from shared.money import divide_half_up

revision = "0019"
down_revision = "0017"

_BEFORE = ("placed", "accepted", "shipped", "received", "disputed", "settled", "cancelled")
_AFTER = ("pre_ordered", "placed", "accepted", "partly_shipped", "shipped", "received", "disputed", "settled")
_WAS: Final = {"pre_ordered": "placed", "partly_shipped": "shipped", "closed": "settled"}
_STATUS_BEFORE = CodeCheck("purchase_order", "status", "orderstatus", _BEFORE)
_STATUS_AFTER = CodeCheck("purchase_order", "status", "orderstatus", (*_AFTER, "closed", "cancelled"))
_UNTOLD = "status NOT IN ('settled', 'closed', 'cancelled') AND overdue_of {} due_on"
_BRANCHES = ("wage", "operating", "property", "transfer")
_FIRST: Final = "1"
_AT_ONCE = 500
_DELIVERED = {"shipped": "shipped", "received": "received", "disputed": "received", "settled": "settled"}
_TABLES = (
    "order_day",
    "payment",
    "value_entry",
    "adjustment_line",
    "adjustment",
    "return_line",
    "order_return",
    "delivery_kept",
    "delivery_credit",
    "delivery_line",
    "delivery",
    "order_share",
)


def upgrade() -> None:
    drop_code_checks([_STATUS_BEFORE])
    add_code_checks([_STATUS_AFTER])
    _add_columns()
    _create_shares()
    _create_deliveries()
    _create_money()
    _create_returns()
    _create_adjustments()
    _create_days()
    _freeze_once()
    for page in _orders():
        _tell_deliveries(page)
    op.drop_table("line_share")
    for column in ("received", "producer_amount"):
        op.drop_column("order_line", column)


def downgrade() -> None:
    op.add_column("order_line", sa.Column("received", sa.BigInteger(), nullable=True))
    op.add_column("order_line", sa.Column("producer_amount", sa.BigInteger(), nullable=True))
    _create_line_share()
    _tell_lines()
    for table in _TABLES:
        op.drop_table(table)
    for column in ("agreed_price", "short"):
        op.drop_column("order_line", column)
    op.drop_index("ix_purchase_order_untold", "purchase_order")
    op.drop_index("ix_purchase_order_confirm_by", "purchase_order")
    op.drop_index("ix_purchase_order_closes_on", "purchase_order")
    for name in ("closes_on", "overdue_of", "due_provisional", "due_on", "confirm_by", "channel", "incident_id"):
        op.drop_column("purchase_order", name)
    for name in ("agreement_no", "way", "mode"):
        op.drop_column("purchase_order", name)
    drop_code_checks([_STATUS_AFTER])
    for status, was in _WAS.items():
        op.execute(f"UPDATE purchase_order SET status = '{was}' WHERE status = '{status}'")  # noqa: S608  our own words
    add_code_checks([_STATUS_BEFORE])


def _add_columns() -> None:
    for column in (
        sa.Column("mode", sa.String(32), nullable=False, server_default="direct"),
        sa.Column("way", sa.String(32), nullable=False, server_default="purchase"),
        sa.Column("agreement_no", sa.String(64), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(64), nullable=True),
        sa.Column("confirm_by", UtcDateTime(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("overdue_of", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
    ):
        op.add_column("purchase_order", column)
    op.create_index("ix_purchase_order_confirm_by", "purchase_order", ["confirm_by"])
    op.create_index("ix_purchase_order_closes_on", "purchase_order", ["closes_on"])
    op.create_index(
        "ix_purchase_order_untold",
        "purchase_order",
        ["due_on", "id"],
        sqlite_where=sa.text(_UNTOLD.format("IS NOT")),
        postgresql_where=sa.text(_UNTOLD.format("IS DISTINCT FROM")),
    )
    op.add_column("order_line", sa.Column("short", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("order_line", sa.Column("agreed_price", sa.BigInteger(), nullable=True))


def _create_shares() -> None:
    op.create_table(
        "order_share",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("giver_code", sa.String(64), nullable=False),
        sa.Column("link_no", sa.Integer(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=True),
        sa.Column("producer_code", sa.String(64), nullable=True),
        _code("branch", "incomebranch", _BRANCHES, nullable=True),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(household_code IS NULL) <> (producer_code IS NULL)", name=op.f("ck_order_share_one_party")
        ),
        _of_order("order_share"),
        sa.PrimaryKeyConstraint("order_id", "giver_code", "link_no", name=op.f("pk_order_share")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_no", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        _code("status", "orderdeliverystatus", ("shipped", "received", "settled")),
        sa.Column("shipped_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        _of_order("delivery"),
        sa.PrimaryKeyConstraint("order_id", "delivery_no", name=op.f("pk_delivery")),
    )
    op.create_table(
        "delivery_line",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_no", sa.String(64), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("batch_code", sa.String(64), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=True),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_value", sa.BigInteger(), nullable=True),
        sa.Column("restated", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "rejected + returned <= COALESCE(received, 0)", name=op.f("ck_delivery_line_came_before_it_went")
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "delivery_no"],
            ["delivery.order_id", "delivery.delivery_no"],
            name=op.f("fk_delivery_line_order_id_delivery_no_delivery"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "line_no"],
            ["order_line.order_id", "order_line.line_no"],
            name=op.f("fk_delivery_line_order_id_line_no_order_line"),
        ),
        sa.PrimaryKeyConstraint("order_id", "delivery_no", "line_no", name=op.f("pk_delivery_line")),
    )
    op.create_index("ix_delivery_line_batch_code", "delivery_line", ["batch_code"])
    op.create_index("ix_delivery_line_settled_on", "delivery_line", ["settled_on"])


def _create_money() -> None:
    op.create_table(
        "delivery_credit",
        *_line_key(),
        sa.Column("household_code", sa.String(64), nullable=False),
        _code("branch", "incomebranch", _BRANCHES),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        _of_delivery_line("delivery_credit"),
        sa.PrimaryKeyConstraint(
            "order_id", "delivery_no", "line_no", "household_code", "branch", name=op.f("pk_delivery_credit")
        ),
    )
    op.create_table(
        "delivery_kept",
        *_line_key(),
        sa.Column("producer_code", sa.String(64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _of_delivery_line("delivery_kept"),
        sa.PrimaryKeyConstraint("order_id", "delivery_no", "line_no", "producer_code", name=op.f("pk_delivery_kept")),
    )
    op.create_table(
        "value_entry",
        *_line_key(),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("buyer_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("cause", sa.String(32), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _of_delivery_line("value_entry"),
        sa.PrimaryKeyConstraint("order_id", "delivery_no", "line_no", "entry_no", name=op.f("pk_value_entry")),
    )
    op.create_index("ix_value_entry_buyer_code_entered_on", "value_entry", ["buyer_code", "entered_on"])
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(128), nullable=False),
        sa.Column("buyer_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["buyer_code"], ["buyer.code"], name=op.f("fk_payment_buyer_code_buyer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index("ix_payment_buyer_code_paid_on", "payment", ["buyer_code", "paid_on"])


def _create_returns() -> None:
    op.create_table(
        "order_return",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("return_no", sa.String(64), nullable=False),
        sa.Column("delivery_no", sa.String(64), nullable=False),
        _code("status", "returnstatus", ("requested", "accepted", "refused")),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("restocked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id", "delivery_no"],
            ["delivery.order_id", "delivery.delivery_no"],
            name=op.f("fk_order_return_order_id_delivery_no_delivery"),
        ),
        sa.PrimaryKeyConstraint("order_id", "return_no", name=op.f("pk_order_return")),
    )
    op.create_table(
        "return_line",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("return_no", sa.String(64), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id", "return_no"],
            ["order_return.order_id", "order_return.return_no"],
            name=op.f("fk_return_line_order_id_return_no_order_return"),
        ),
        sa.PrimaryKeyConstraint("order_id", "return_no", "line_no", name=op.f("pk_return_line")),
    )


def _create_adjustments() -> None:
    op.create_table(
        "adjustment",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("adjustment_no", sa.Integer(), nullable=False),
        _code("status", "adjustmentstatus", ("open", "agreed", "declined")),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        _of_order("adjustment"),
        sa.PrimaryKeyConstraint("order_id", "adjustment_no", name=op.f("pk_adjustment")),
    )
    op.create_table(
        "adjustment_line",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("adjustment_no", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id", "adjustment_no"],
            ["adjustment.order_id", "adjustment.adjustment_no"],
            name=op.f("fk_adjustment_line_order_id_adjustment_no_adjustment"),
        ),
        sa.PrimaryKeyConstraint("order_id", "adjustment_no", "line_no", name=op.f("pk_adjustment_line")),
    )


def _create_days() -> None:
    op.create_table(
        "order_day",
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        _of_order("order_day"),
        sa.PrimaryKeyConstraint("changed_on", "order_id", name=op.f("pk_order_day")),
    )


def _create_line_share() -> None:
    op.create_table(
        "line_share",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        _code("branch", "incomebranch", _BRANCHES),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id", "line_no"],
            ["order_line.order_id", "order_line.line_no"],
            name=op.f("fk_line_share_order_id_line_no_order_line"),
        ),
        sa.PrimaryKeyConstraint("order_id", "line_no", "household_code", "branch", name=op.f("pk_line_share")),
    )


def _line_key() -> list[sa.Column[Any]]:
    return [
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_no", sa.String(64), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
    ]


def _code(column: str, name: str, codes: Sequence[str], *, nullable: bool = False) -> sa.Column[str]:
    kept = sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kept, nullable=nullable)


def _of_order(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_order_id_purchase_order")
    return sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=name)


def _of_delivery_line(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["order_id", "delivery_no", "line_no"],
        ["delivery_line.order_id", "delivery_line.delivery_no", "delivery_line.line_no"],
        name=op.f(f"fk_{table}_order_id_delivery_no_line_no_delivery_line"),
    )


def _freeze_once() -> None:
    """The lines of one producer were frozen with the same shares: they are kept once for it."""
    op.execute(
        "INSERT INTO order_share (order_id, giver_code, link_no, household_code, branch, share)"
        " SELECT order_id, giver, row_number() OVER (PARTITION BY order_id, giver ORDER BY household_code, branch),"
        " household_code, branch, share FROM (SELECT DISTINCT line_share.order_id, order_line.producer_code AS giver,"
        " household_code, branch, share FROM line_share JOIN order_line ON order_line.order_id = line_share.order_id"
        " AND order_line.line_no = line_share.line_no) AS frozen"
    )


_ORDERS = sa.table(
    "purchase_order",
    sa.column("id", sa.Uuid()),
    sa.column("status"),
    sa.column("buyer_code"),
    sa.column("region_code"),
    sa.column("updated_at", UtcDateTime()),
    sa.column("settled_on", sa.Date()),
)
_LINES = sa.table(
    "order_line",
    sa.column("order_id", sa.Uuid()),
    *(sa.column(name) for name in ("line_no", "producer_code", "price", "quantity", "received", "producer_amount")),
)
_LINE_SHARES = sa.table(
    "line_share",
    sa.column("order_id", sa.Uuid()),
    *(sa.column(name) for name in ("line_no", "household_code", "branch", "share", "amount")),
)
_DELIVERIES = sa.table(
    "delivery",
    sa.column("order_id", sa.Uuid()),
    *(sa.column(name) for name in ("delivery_no", "place", "status")),
    sa.column("shipped_on", sa.Date()),
    sa.column("received_on", sa.Date()),
)
_OF_LINE = ("delivery_no", "line_no")
_DELIVERY_LINES = sa.table(
    "delivery_line",
    sa.column("order_id", sa.Uuid()),
    *(sa.column(name) for name in (*_OF_LINE, "quantity", "received", "rejected", "returned", "restated")),
    sa.column("held", sa.Boolean()),
    sa.column("settled_on", sa.Date()),
    sa.column("settled_value"),
)
_CREDITS = sa.table(
    "delivery_credit",
    sa.column("order_id", sa.Uuid()),
    *(sa.column(name) for name in (*_OF_LINE, "household_code", "branch", "amount")),
    sa.column("credit_id", sa.Uuid()),
)
_KEPT = sa.table(
    "delivery_kept",
    sa.column("order_id", sa.Uuid()),
    *(sa.column(name) for name in (*_OF_LINE, "producer_code", "amount")),
)
_ENTRIES = sa.table(
    "value_entry",
    sa.column("order_id", sa.Uuid()),
    *(sa.column(name) for name in (*_OF_LINE, "entry_no", "buyer_code", "region_code", "kind", "amount")),
    sa.column("entered_on", sa.Date()),
)


def _orders() -> Iterator[dict[Any, Any]]:
    """The orders of which something was shipped, some at a time."""
    shipped = sa.select(_ORDERS).where(_ORDERS.c.status.in_(_DELIVERED)).order_by(_ORDERS.c.id).limit(_AT_ONCE)
    page = op.get_bind().execute(shipped).all()
    while page:
        yield {row.id: row for row in page}
        page = op.get_bind().execute(shipped.where(_ORDERS.c.id > page[-1].id)).all()


def _tell_deliveries(orders: dict[Any, Any]) -> None:
    """All that was shipped came with one delivery."""
    connection = op.get_bind()
    lines = connection.execute(sa.select(_LINES).where(_LINES.c.order_id.in_(orders))).all()
    shares = connection.execute(
        sa.select(_LINE_SHARES).where(_LINE_SHARES.c.order_id.in_(orders), _LINE_SHARES.c.amount.is_not(None))
    ).all()
    settled = [line for line in lines if orders[line.order_id].status == "settled"]
    for table, rows in (
        (_DELIVERIES, map(_delivery, orders.values())),
        (_DELIVERY_LINES, (_delivery_line(orders[line.order_id], line) for line in lines)),
        (_CREDITS, map(_credit, shares)),
        (_KEPT, map(_kept, settled)),
        (_ENTRIES, (_entry(orders[line.order_id], line) for line in settled)),
    ):
        _write(table, rows)


def _write(table: sa.TableClause, rows: Iterable[dict[str, Any]]) -> None:
    if found := list(rows):
        op.get_bind().execute(sa.insert(table), found)


def _delivery(order: Any) -> dict[str, Any]:
    on = order.settled_on or order.updated_at.astimezone(BUSINESS_ZONE).date()
    return {
        "order_id": order.id,
        "delivery_no": _FIRST,
        "place": 1,
        "status": _DELIVERED[order.status],
        "shipped_on": on,
        "received_on": None if order.status == "shipped" else on,
    }


def _delivery_line(order: Any, line: Any) -> dict[str, Any]:
    settled = order.status == "settled"
    return {
        "order_id": order.id,
        "delivery_no": _FIRST,
        "line_no": line.line_no,
        "quantity": line.quantity,
        "received": None if order.status == "shipped" else _came(line),
        "rejected": 0,
        "returned": 0,
        "held": order.status == "disputed",
        "settled_on": order.settled_on,
        "settled_value": _value(line) if settled else None,
        "restated": 0,
    }


def _came(line: Any) -> int:
    """What was received without saying so came in full."""
    came: int = line.quantity if line.received is None else line.received
    return came


def _value(line: Any) -> int:
    return divide_half_up(line.price * _came(line), 1000)


def _credit(share: Any) -> dict[str, Any]:
    """A share that was paid keeps the id its credit had."""
    parts = ("credit", str(share.order_id), share.line_no, share.household_code, share.branch)
    return {
        "order_id": share.order_id,
        "delivery_no": _FIRST,
        "line_no": share.line_no,
        "household_code": share.household_code,
        "branch": share.branch,
        "amount": share.amount,
        "credit_id": derived_id(*parts),
    }


def _kept(line: Any) -> dict[str, Any]:
    return {
        "order_id": line.order_id,
        "delivery_no": _FIRST,
        "line_no": line.line_no,
        "producer_code": line.producer_code,
        "amount": line.producer_amount or 0,
    }


def _entry(order: Any, line: Any) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "delivery_no": _FIRST,
        "line_no": line.line_no,
        "entry_no": 0,
        "buyer_code": order.buyer_code,
        "region_code": order.region_code,
        "kind": "settled",
        "entered_on": order.settled_on,
        "amount": _value(line),
    }


def _tell_lines() -> None:
    """What came of a line, and who had how much of it, over all its deliveries."""
    op.execute(
        "UPDATE order_line SET received = (SELECT SUM(received) FROM delivery_line"
        " WHERE delivery_line.order_id = order_line.order_id AND delivery_line.line_no = order_line.line_no),"
        " producer_amount = (SELECT SUM(amount) FROM delivery_kept WHERE delivery_kept.order_id = order_line.order_id"
        " AND delivery_kept.line_no = order_line.line_no AND delivery_kept.producer_code = order_line.producer_code)"
    )
    op.execute(
        "INSERT INTO line_share (order_id, line_no, household_code, branch, share, amount)"
        " SELECT order_line.order_id, line_no, household_code, branch, share, (SELECT SUM(amount) FROM delivery_credit"
        " WHERE delivery_credit.order_id = order_line.order_id AND delivery_credit.line_no = order_line.line_no"
        " AND delivery_credit.household_code = order_share.household_code"
        " AND delivery_credit.branch = order_share.branch)"
        " FROM order_line JOIN order_share ON order_share.order_id = order_line.order_id"
        " AND order_share.giver_code = order_line.producer_code WHERE household_code IS NOT NULL"
    )
