"""What can be asked about products, which everybody sees, and about their stock, which the supply side does."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from services.consumption.models import Producer, Product, StockMove
from services.consumption.products.errors import ProductNotFound
from services.consumption.products.schemas import ProductOut, StockMoveOut
from services.consumption.products.sheets import PRODUCT_LIST, STOCK_MOVE_LIST
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.filters import holds, is_in_region
from shared.lists.order import by, newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says

_MOVES, _PRODUCERS, _PRODUCTS = table_of(StockMove), table_of(Producer), table_of(Product)
_SELECT_PRODUCTS = sa.select(_PRODUCTS, _PRODUCERS.c.region_code).join_from(_PRODUCTS, _PRODUCERS)


class ProductList(ListQuery):
    """Which products 产品 are asked for, by code. The catalogue is for everybody."""

    order = by("code")
    sheet = PRODUCT_LIST
    region = None
    region_code: Annotated[RegionFilter | None, is_in_region("region_code")] = None
    available: Annotated[bool | None, holds(lambda _: _PRODUCTS.c.available > 0)] = Field(
        None, description="Something of it can still be ordered"
    )
    updated_after: UpdatedAfter = None


class StockMoveList(ListQuery):
    """The movements of a stock beside orders, the latest first. Whoever sees the product's region sees them."""

    order = newest_by("moved_at")
    sheet = STOCK_MOVE_LIST
    region = None
    updated_after: UpdatedAfter = None


def product(reading: Reading, code: str) -> ProductOut:
    """A product as it can be ordered now."""
    row = reading.connection.execute(_SELECT_PRODUCTS.where(_PRODUCTS.c.code == code)).one_or_none()
    if row is None:
        raise ProductNotFound(says("no-such-product", product=code))
    return ProductOut.of(row)


def products(reading: Reading, asked: ProductList) -> Page[ProductOut]:
    """Products of every region."""
    return asked.page(reading, _SELECT_PRODUCTS, lambda rows: [*map(ProductOut.of, rows)])


def stock_moves(reading: Reading, asked: StockMoveList, code: str) -> Page[StockMoveOut]:
    """How the stock of a product moved beside orders."""
    if not reading.actor.sees(product(reading, code).region_code):
        raise ProductNotFound(says("no-such-product-in-region", product=code, region=reading.actor.place))
    rows = sa.select(_MOVES).where(_MOVES.c.product_code == code)
    return asked.page(reading, rows, lambda found: [StockMoveOut.of(row._asdict()) for row in found])
