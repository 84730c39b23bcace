"""Products as commands and queries show them: with what producer, commodity and recognition say of them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.consumption.models import Commodity, Producer, Product, Recognition
from services.consumption.producers.store import shares_on
from services.consumption.products.rules import day_of_year
from services.consumption.products.schemas import ProductOut
from shared.codes.consumption import RecognitionStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

PRODUCTS = table_of(Product)
COMMODITIES = table_of(Commodity)
_PRODUCERS, _RECOGNITIONS = table_of(Producer), table_of(Recognition)
OF_ITS_COMMODITY = COMMODITIES.c.code == PRODUCTS.c.commodity_code
"""Joins a product with the commodity that it is of, where it is of one."""
SHELF_LIFE = sa.func.coalesce(PRODUCTS.c.shelf_life_days, COMMODITIES.c.shelf_life_days)
"""The days that a product stays fresh 保质期: its own, else those of its commodity."""


def select_products(reading: Reading, there_on: dt.date | None = None) -> sa.Select[Any]:
    """Products with the region of their producer, and with what holds of them today.

    Whether they are in season is told of ``there_on``; None is today.
    """
    today = reading.today()
    recognised = sa.exists().where(
        _RECOGNITIONS.c.product_code == PRODUCTS.c.code,
        _RECOGNITIONS.c.status == RecognitionStatus.RECOGNISED,
        _RECOGNITIONS.c.valid_to >= today,
    )
    return (
        sa.select(
            PRODUCTS,
            _PRODUCERS.c.region_code,
            SHELF_LIFE.label("life"),
            recognised.label("recognised"),
            _is_in_season(day_of_year(there_on or today)).label("in_season"),
        )
        .join_from(PRODUCTS, _PRODUCERS)
        .outerjoin(COMMODITIES, OF_ITS_COMMODITY)
    )


def _is_in_season(day: str) -> sa.ColumnElement[bool]:
    """Whether a product is there on a day of the year; one without a season always is."""
    first, last = PRODUCTS.c.season_from, PRODUCTS.c.season_to
    over_new_year = (first > last) & ((first <= day) | (last >= day))
    return first.is_(None) | ((first <= day) & (last >= day)) | over_new_year


def show_products(reading: Reading, rows: Sequence[sa.Row[Any]]) -> list[ProductOut]:
    """Products, each with the number of households behind it."""
    shares = shares_on(reading, {row.producer_code for row in rows}, reading.today())
    return [ProductOut.of(_document(row, len(shares[row.producer_code].household_codes))) for row in rows]


def _document(row: sa.Row[Any], households: int) -> dict[str, Any]:
    season = None if row.season_from is None else {"from": row.season_from, "to": row.season_to}
    return {**row._asdict(), "season": season, "shelf_life_days": row.life, "households": households}
