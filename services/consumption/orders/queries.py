"""What consumption can be asked. Products are for everybody, an order is for those who buy or supply it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.commands import bought_for, deals_in
from services.consumption.models import Buyer, Order, Producer, Product, StockMove
from services.consumption.orders.errors import BuyerNotFound, OrderNotFound, ProducerNotFound, ProductNotFound
from services.consumption.orders.rules import SUPPLYING
from services.consumption.orders.schemas import OrderOut
from services.consumption.orders.store import show_orders
from services.consumption.producers.commands import show_producer
from services.consumption.products.commands import show_move
from services.consumption.products.schemas.register import BuyerOut, ProducerOut, ProductOut, StockMoveOut
from shared.contracts.codes import OrderStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, by_code, newest_first, oldest_first
from shared.regions import region_prefix

_BUYERS, _ORDERS, _MOVES = table_of(Buyer), table_of(Order), table_of(StockMove)
_PRODUCERS, _PRODUCTS = table_of(Producer), table_of(Product)


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
    if row is None:
        raise ProductNotFound(f"there is no product {code}")
    return ProductOut.model_validate(row)


def products(reading: Reading, wanted: ProductFilter, page: PageRequest) -> Sequence[ProductOut]:
    """Products of every region, by code; one more than the page holds."""
    statement = sa.select(_PRODUCTS, _PRODUCERS.c.region_code).join_from(_PRODUCTS, _PRODUCERS)
    if wanted.region_code is not None:
        statement = statement.where(_PRODUCERS.c.region_code.startswith(region_prefix(wanted.region_code)))
    if wanted.available is not None:
        statement = statement.where(_PRODUCTS.c.available > 0 if wanted.available else _PRODUCTS.c.available == 0)
    found = reading.connection.execute(by_code(statement, _PRODUCTS.c.code, page))
    return [ProductOut.model_validate(row) for row in found]


def product_key(shown: ProductOut) -> tuple[str, ...]:
    """Where a product stands in the list."""
    return (shown.product_code,)


def stock_moves(reading: Reading, code: str, page: PageRequest) -> Sequence[StockMoveOut]:
    """How the stock of a product moved beside orders, the latest first; one more than the page holds."""
    offered = product(reading, code)
    if not reading.actor.sees(offered.region_code):
        raise ProductNotFound(f"no product {code} in region {reading.actor.place}")
    statement = sa.select(_MOVES).where(_MOVES.c.product_code == code)
    ordered = newest_first(statement, _MOVES.c.moved_at, _MOVES.c.id, page)
    return [show_move(row._asdict()) for row in reading.connection.execute(ordered)]


def move_key(shown: StockMoveOut) -> tuple[str, ...]:
    """Where a movement of stock stands in the list."""
    return shown.at.isoformat(), str(shown.move_id)


def buyer(reading: Reading, code: str) -> BuyerOut:
    """A buyer with the client that orders for it."""
    row = reading.connection.execute(sa.select(_BUYERS).where(_BUYERS.c.code == code)).one_or_none()
    if row is None:
        raise BuyerNotFound(f"there is no buyer {code}")
    return BuyerOut.model_validate(row)


def buyers(reading: Reading, page: PageRequest) -> Sequence[BuyerOut]:
    """Buyers by code; one more than the page holds."""
    found = reading.connection.execute(by_code(sa.select(_BUYERS), _BUYERS.c.code, page))
    return [BuyerOut.model_validate(row) for row in found]


def buyer_key(shown: BuyerOut) -> tuple[str, ...]:
    """Where a buyer stands in the list."""
    return (shown.buyer_code,)


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
    if wanted.updated_after is None:
        ordered = newest_first(statement, _ORDERS.c.placed_at, _ORDERS.c.id, page)
    else:
        changed = statement.where(_ORDERS.c.updated_at > wanted.updated_after)
        ordered = oldest_first(changed, _ORDERS.c.updated_at, _ORDERS.c.id, page)
    return show_orders(reading, reading.connection.execute(ordered).all())


def order_key(wanted: OrderFilter) -> Callable[[OrderOut], tuple[str, ...]]:
    """Where an order stands in the list that was asked for."""

    def key(shown: OrderOut) -> tuple[str, ...]:
        moment = shown.placed_at if wanted.updated_after is None else shown.updated_at
        return moment.isoformat(), str(shown.order_id)

    return key
