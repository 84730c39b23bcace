"""What can be asked about outlets."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from services.consumption.models import Outlet
from services.consumption.outlets.errors import OutletNotFound
from services.consumption.outlets.schemas import OutletOut
from services.consumption.outlets.sheets import OUTLET_LIST
from shared.codes.consumption import OutletKind
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

_OUTLETS = table_of(Outlet)


def _is_open(reading: Reading) -> sa.ColumnElement[bool]:
    not_closed = _OUTLETS.c.closed_on.is_(None) | (_OUTLETS.c.closed_on >= reading.today())
    return (_OUTLETS.c.opened_on <= reading.today()) & not_closed


class OutletList(ListQuery):
    """Which outlets are asked for, by code."""

    order = by("code")
    sheet = OUTLET_LIST
    region_code: RegionFilter | None = None
    kind: OutletKind | None = None
    open: Annotated[bool | None, holds(_is_open)] = Field(None, description="It is open today")
    updated_after: UpdatedAfter = None


def outlet(reading: Reading, code: str) -> OutletOut:
    """An outlet of the caller's region. Raises OutletNotFound."""
    return OutletOut.of(find_entry(reading, Outlet, "outlet", code, OutletNotFound))


def outlets(reading: Reading, asked: OutletList) -> Page[OutletOut]:
    """Those of the caller's region."""
    return asked.page(reading, sa.select(_OUTLETS), AsKept(OutletOut))
