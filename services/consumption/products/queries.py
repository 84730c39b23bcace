"""What can be asked about products, which everybody sees, and about their stock, which the supply side does."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from services.consumption.commodities.schemas import CommodityCode
from services.consumption.models import StockMove
from services.consumption.producers.schemas import ProducerCode
from services.consumption.products.errors import ProductNotFound
from services.consumption.products.schemas import ProductOut, StockMoveOut
from services.consumption.products.sheets import PRODUCT_LIST, STOCK_MOVE_LIST
from services.consumption.products.store import PRODUCTS, select_products, show_products
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import Code, Text, UpdatedAfter
from shared.lists.filters import Filter, holds, is_in_region
from shared.lists.order import by, newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says

_MOVES = table_of(StockMove)


def _speaks_of(words: str) -> sa.ColumnElement[bool]:
    """Whether code, name or specification of a product hold these words, in whatever case."""
    said = (PRODUCTS.c.code, PRODUCTS.c.name, PRODUCTS.c.specification)
    return sa.or_(*(sa.func.lower(column).contains(words.lower(), autoescape=True) for column in said))


class ProductList(ListQuery):
    """Which products 产品 are asked for, by code. The catalogue is for everybody."""

    order = by("code")
    sheet = PRODUCT_LIST
    region = None
    region_code: Annotated[RegionFilter | None, is_in_region("region_code")] = None
    available: Annotated[bool | None, holds(lambda _: PRODUCTS.c.available > 0)] = Field(
        None, description="Something of it can still be ordered"
    )
    producer_code: ProducerCode | None = None
    commodity_code: CommodityCode | None = None
    base_code: Code | None = None
    recognised: bool | None = Field(None, description="重点产品: its recognition holds today")
    in_season: bool | None = Field(None, description="It is there today")
    cold_chain: bool | None = None
    q: Annotated[
        Annotated[Text, Field(max_length=64)] | None, Filter(lambda _reading, _columns, words: _speaks_of(words))
    ] = Field(None, description="Words in its code, name or specification")
    updated_after: UpdatedAfter = None


class StockMoveList(ListQuery):
    """The movements of a stock beside orders, the latest first. Whoever sees the product's region sees them."""

    order = newest_by("moved_at")
    sheet = STOCK_MOVE_LIST
    region = None
    updated_after: UpdatedAfter = None


def product(reading: Reading, code: str) -> ProductOut:
    """A product as it can be ordered now."""
    row = reading.connection.execute(select_products(reading).where(PRODUCTS.c.code == code)).one_or_none()
    if row is None:
        raise ProductNotFound(says("no-such-product", product=code))
    return show_products(reading, [row])[0]


def products(reading: Reading, asked: ProductList) -> Page[ProductOut]:
    """Products of every region."""
    return asked.page(reading, select_products(reading), lambda rows: show_products(reading, rows))


def stock_moves(reading: Reading, asked: StockMoveList, code: str) -> Page[StockMoveOut]:
    """How the stock of a product moved beside orders."""
    if not reading.actor.sees(product(reading, code).region_code):
        raise ProductNotFound(says("no-such-product-in-region", product=code, region=reading.actor.place))
    rows = sa.select(_MOVES).where(_MOVES.c.product_code == code)
    return asked.page(reading, rows, lambda found: [StockMoveOut.of(row._asdict()) for row in found])
