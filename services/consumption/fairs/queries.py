"""What can be asked about fairs."""

import datetime as dt
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from services.consumption.fairs.errors import FairNotFound
from services.consumption.fairs.schemas import FairOut
from services.consumption.fairs.sheets import FAIR_LIST
from services.consumption.models import Fair
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.filters import Filter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.registers.plain import find_entry

_FAIRS = table_of(Fair)


def _is_in_year(year: int) -> sa.ColumnElement[bool]:
    return _FAIRS.c.held_from.between(dt.date(year, 1, 1), dt.date(year, 12, 31))


class FairList(ListQuery):
    """Which fairs are asked for, by code."""

    order = by("code")
    sheet = FAIR_LIST
    region_code: RegionFilter | None = None
    year: Annotated[
        Annotated[int, Field(ge=2000, le=2999)] | None, Filter(lambda _reading, _columns, year: _is_in_year(year))
    ] = Field(None, description="It began in this year")
    updated_after: UpdatedAfter = None


def fair(reading: Reading, code: str) -> FairOut:
    """A fair of the caller's region. Raises FairNotFound."""
    return FairOut.of(find_entry(reading, Fair, "fair", code, FairNotFound))


def fairs(reading: Reading, asked: FairList) -> Page[FairOut]:
    """Those of the caller's region."""
    return asked.page(reading, sa.select(_FAIRS), AsKept(FairOut))
