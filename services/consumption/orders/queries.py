"""What can be asked about orders. An order is for those who buy or supply it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.rules import SUPPLYING
from services.consumption.buyers.store import bought_for, deals_in
from services.consumption.models import Order
from services.consumption.orders.errors import OrderNotFound
from services.consumption.orders.schemas import OrderOut
from services.consumption.orders.store import show_orders
from shared.codes.consumption import OrderStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, moment_or_change, newest_or_change

_ORDERS = table_of(Order)


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders are asked for."""

    buyer_code: str | None
    status: OrderStatus | None
    updated_after: dt.datetime | None


def order(reading: Reading, order_id: UUID) -> OrderOut:
    """An order that the caller buys or supplies."""
    row = reading.connection.execute(sa.select(_ORDERS).where(_ORDERS.c.id == order_id)).one_or_none()
    if row is None or not deals_in(reading, row):
        raise OrderNotFound(f"no order {order_id} that this client buys or supplies")
    return show_orders(reading, [row])[0]


def orders(reading: Reading, wanted: OrderFilter, page: PageRequest) -> Sequence[OrderOut]:
    """Orders that the caller buys or supplies; one more than the page holds.

    The newest come first; those that changed after a moment in the order in which they changed, so that whoever asks
    for what comes after the last one seen misses nothing.
    """
    seen: sa.ColumnElement[bool] = _ORDERS.c.buyer_code.in_(bought_for(reading.actor))
    if reading.actor.may(SUPPLYING):
        seen |= within(_ORDERS.c.region_code, reading.actor)
    statement = as_wanted(sa.select(_ORDERS).where(seen), _ORDERS, wanted, "buyer_code", "status")
    ordered = newest_or_change(statement, _ORDERS, _ORDERS.c.placed_at, wanted.updated_after, page)
    return show_orders(reading, reading.connection.execute(ordered).all())


def order_key(wanted: OrderFilter) -> Callable[[OrderOut], tuple[str, ...]]:
    """Where an order stands in the list that was asked for."""
    return moment_or_change(lambda shown: shown.placed_at, lambda shown: shown.order_id, wanted.updated_after)
