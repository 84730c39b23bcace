"""What can be asked about products, which everybody sees, and about their stock, which the supply side does."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from services.consumption.models import Producer, Product, StockMove
from services.consumption.products.errors import ProductNotFound
from services.consumption.products.schemas import ProductOut, StockMoveOut
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.pagination import PageRequest, by_code, newest_first
from shared.regions import region_prefix

_MOVES, _PRODUCERS, _PRODUCTS = table_of(StockMove), table_of(Producer), table_of(Product)
_SELECT_PRODUCTS = sa.select(_PRODUCTS, _PRODUCERS.c.region_code).join_from(_PRODUCTS, _PRODUCERS)


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products are asked for."""

    region_code: str | None
    available: bool | None
    """Whether something of it can still be ordered."""


def product(reading: Reading, code: str) -> ProductOut:
    """A product as it can be ordered now."""
    row = reading.connection.execute(_SELECT_PRODUCTS.where(_PRODUCTS.c.code == code)).one_or_none()
    if row is None:
        raise ProductNotFound(f"there is no product {code}")
    return ProductOut.of(row)


def products(reading: Reading, wanted: ProductFilter, page: PageRequest) -> Sequence[ProductOut]:
    """Products of every region, by code; one more than the page holds."""
    statement = _SELECT_PRODUCTS
    if wanted.region_code is not None:
        statement = statement.where(_PRODUCERS.c.region_code.startswith(region_prefix(wanted.region_code)))
    if wanted.available is not None:
        statement = statement.where(_PRODUCTS.c.available > 0 if wanted.available else _PRODUCTS.c.available == 0)
    found = reading.connection.execute(by_code(statement, _PRODUCTS.c.code, page))
    return [ProductOut.of(row) for row in found]


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
    return [StockMoveOut.of(row._asdict()) for row in reading.connection.execute(ordered)]


def move_key(shown: StockMoveOut) -> tuple[str, ...]:
    """Where a movement of stock stands in the list."""
    return shown.at.isoformat(), str(shown.move_id)
