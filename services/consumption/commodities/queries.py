"""What can be asked about commodities. They lie in no region: everybody sees them."""

import sqlalchemy as sa

from services.consumption.commodities.errors import CommodityNotFound
from services.consumption.commodities.schemas import CommodityOut
from services.consumption.commodities.sheets import COMMODITY_LIST
from services.consumption.models import Commodity
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.words.said import says

_COMMODITIES = table_of(Commodity)


class CommodityList(ListQuery):
    """The commodities 大宗品类, by code."""

    order = by("code")
    sheet = COMMODITY_LIST
    region = None
    updated_after: UpdatedAfter = None


def commodity(reading: Reading, code: str) -> CommodityOut:
    """A commodity. Raises CommodityNotFound."""
    row = reading.connection.execute(sa.select(_COMMODITIES).where(_COMMODITIES.c.code == code)).one_or_none()
    if row is None:
        raise CommodityNotFound(says("no-such-commodity", commodity=code))
    return CommodityOut.of(row)


def commodities(reading: Reading, asked: CommodityList) -> Page[CommodityOut]:
    """Commodities with their units."""
    return asked.page(reading, sa.select(_COMMODITIES), AsKept(CommodityOut))
