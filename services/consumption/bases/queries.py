"""What can be asked about bases."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from services.consumption.bases.errors import BaseNotFound
from services.consumption.bases.schemas import BaseOut
from services.consumption.bases.sheets import BASE_LIST
from services.consumption.models import GrowingBase
from services.consumption.producers.schemas import ProducerCode
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.filters import holds
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.registers.plain import find_entry

_BASES = table_of(GrowingBase)


class BaseList(ListQuery):
    """Which bases are asked for, by code."""

    order = by("code")
    sheet = BASE_LIST
    region_code: RegionFilter | None = None
    producer_code: ProducerCode | None = None
    valid: Annotated[bool | None, holds(lambda reading: _BASES.c.valid_to >= reading.today())] = Field(
        None, description="Its certificate holds today"
    )
    updated_after: UpdatedAfter = None


def base(reading: Reading, code: str) -> BaseOut:
    """A base of the caller's region. Raises BaseNotFound."""
    return BaseOut.of(find_entry(reading, GrowingBase, "base", code, BaseNotFound))


def bases(reading: Reading, asked: BaseList) -> Page[BaseOut]:
    """Those of the caller's region."""
    return asked.page(reading, sa.select(_BASES), AsKept(BaseOut))
