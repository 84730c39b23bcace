"""What was ordered and what was settled, line by line: the one place that knows where orders keep it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from services.consumption.models import DeliveryLine, Order, OrderLine
from shared.codes.consumption import OrderStatus
from shared.db.base import UtcDateTime, table_of

_ORDERS, _LINES, _DELIVERED = table_of(Order), table_of(OrderLine), table_of(DeliveryLine)
_PER_UNIT = 1_000
_OF_THE_ORDER = (
    _LINES.c.order_id,
    _ORDERS.c.buyer_code,
    _ORDERS.c.region_code,
    _LINES.c.product_code,
    _ORDERS.c.way,
)


def _value(price: sa.ColumnElement[int], quantity: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """What so many thousandths of a unit are worth, half up to the fen."""
    return (2 * price * quantity + _PER_UNIT) // (2 * _PER_UNIT)


def select_settled(first: dt.date, last: dt.date) -> sa.Select[Any]:
    """The delivery lines settled between two days, both included, worth what they are now: without what came back.

    Columns: `order_id`, `buyer_code`, `region_code`, `product_code`, `way`, `on` and the `value` in fen.
    """
    of_line = (_DELIVERED.c.order_id == _LINES.c.order_id) & (_DELIVERED.c.line_no == _LINES.c.line_no)
    return (
        sa.select(*_OF_THE_ORDER, _DELIVERED.c.settled_on.label("on"), _DELIVERED.c.settled_value.label("value"))
        .join_from(_ORDERS, _LINES)
        .join(_DELIVERED, of_line)
        .where(_DELIVERED.c.settled_on.between(first, last))
    )


def select_ordered(first: dt.datetime, before: dt.datetime) -> sa.Select[Any]:
    """The lines ordered from one moment to before another, without what was cancelled or will not come.

    Columns: `order_id`, `buyer_code`, `region_code`, `product_code`, `way`, `at` and the `value` in fen.
    """
    value = _value(_LINES.c.price, _LINES.c.quantity - _LINES.c.short)
    placed = (_ORDERS.c.placed_at >= sa.literal(first, UtcDateTime())) & (
        _ORDERS.c.placed_at < sa.literal(before, UtcDateTime())
    )
    return (
        sa.select(*_OF_THE_ORDER, _ORDERS.c.placed_at.label("at"), value.label("value"))
        .join_from(_ORDERS, _LINES)
        .where(_ORDERS.c.status.not_in([OrderStatus.CANCELLED, OrderStatus.PRE_ORDERED]), placed)
    )
