"""What consumption can be asked. Every answer is limited to the caller's region, an order to those who deal in it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from services.consumption.commands.documents import APPROVE, show_orders, supplies
from services.consumption.commands.register import show_producer
from services.consumption.errors import OrderNotFound, ProducerNotFound, ProductNotFound
from services.consumption.models import Order, Producer, Product
from services.consumption.schemas import OrderOut, ProducerOut, ProductOut
from shared.contracts.codes import OrderStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, by_code, newest_first

_ORDERS, _PRODUCERS, _PRODUCTS = table_of(Order), table_of(Producer), table_of(Product)


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products are asked for."""

    region_code: str | None
    available: bool | None
    """Whether something of it can still be ordered."""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders are asked for."""

    buyer_code: str | None
    status: OrderStatus | None
    updated_after: dt.datetime | None


def producer(reading: Reading, code: str) -> ProducerOut:
    """A producer with the households it is linked to."""
    row = reading.connection.execute(sa.select(_PRODUCERS).where(_PRODUCERS.c.code == code)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise ProducerNotFound(f"no producer {code} in region {reading.actor.place}")
    return show_producer(reading, row)


def product(reading: Reading, code: str) -> ProductOut:
    """A product as it can be ordered now."""
    statement = sa.select(_PRODUCTS, _PRODUCERS.c.region_code).join_from(_PRODUCTS, _PRODUCERS)
    row = reading.connection.execute(statement.where(_PRODUCTS.c.code == code)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise ProductNotFound(f"no product {code} in region {reading.actor.place}")
    return ProductOut.model_validate(row)


def products(reading: Reading, wanted: ProductFilter, page: PageRequest) -> Sequence[ProductOut]:
    """Products by code; one more than the page holds."""
    mine = within(_PRODUCERS.c.region_code, reading.actor, wanted.region_code)
    statement = sa.select(_PRODUCTS, _PRODUCERS.c.region_code).join_from(_PRODUCTS, _PRODUCERS).where(mine)
    if wanted.available is not None:
        statement = statement.where(_PRODUCTS.c.available > 0 if wanted.available else _PRODUCTS.c.available == 0)
    found = reading.connection.execute(by_code(statement, _PRODUCTS.c.code, page))
    return [ProductOut.model_validate(row) for row in found]


def product_key(shown: ProductOut) -> tuple[str, ...]:
    """Where a product stands in the list."""
    return (shown.product_code,)


def order(reading: Reading, order_id: UUID) -> OrderOut:
    """An order that the caller placed or supplies."""
    row = reading.connection.execute(sa.select(_ORDERS).where(_ORDERS.c.id == order_id)).one_or_none()
    if row is None or not (row.placed_by == reading.actor.id or supplies(reading.actor, row.region_code)):
        raise OrderNotFound(f"no order {order_id} of this client or its region")
    return show_orders(reading, [row])[0]


def orders(reading: Reading, wanted: OrderFilter, page: PageRequest) -> Sequence[OrderOut]:
    """Orders that the caller placed or supplies, the newest first; one more than the page holds."""
    seen = _ORDERS.c.placed_by == reading.actor.id
    if reading.actor.may(APPROVE):
        seen |= within(_ORDERS.c.region_code, reading.actor)
    statement = sa.select(_ORDERS).where(seen)
    statement = as_wanted(statement, _ORDERS, wanted, "buyer_code", "status")
    if wanted.updated_after is not None:
        statement = statement.where(_ORDERS.c.updated_at > wanted.updated_after)
    ordered = newest_first(statement, _ORDERS.c.placed_at, _ORDERS.c.id, page)
    return show_orders(reading, reading.connection.execute(ordered).all())


def order_key(shown: OrderOut) -> tuple[str, ...]:
    """Where an order stands in the list."""
    return shown.placed_at.isoformat(), str(shown.order_id)
