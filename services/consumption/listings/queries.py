"""What can be asked about listings. A city and its counties share theirs."""

from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from services.consumption.listings.errors import ListingNotFound
from services.consumption.listings.schemas import ListingOut
from services.consumption.listings.sheets import LISTING_LIST
from services.consumption.listings.store import holds_on
from services.consumption.models import Listing
from shared.codes.consumption import ListingColour, ListingSubject
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.http.fields import Code, UpdatedAfter
from shared.lists.filters import Columns, holds
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import LEVEL_DIGITS, RegionLevel
from shared.words.said import says

_LISTINGS = table_of(Listing)


class ListingList(ListQuery):
    """Which listings 黑白名单 are asked for, by code."""

    order = by("code")
    sheet = LISTING_LIST
    subject: ListingSubject | None = None
    subject_code: Code | None = None
    colour: ListingColour | None = None
    live: Annotated[bool | None, holds(lambda reading: holds_on(reading.today()))] = Field(
        None, description="It holds today"
    )
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Return which listings the caller may see: those of the cities around its regions, and of their counties."""
        return _shared_with(reading, columns["region_code"])


def listing(reading: Reading, code: str) -> ListingOut:
    """A listing of the caller's city. Raises ListingNotFound."""
    shared = _shared_with(reading, _LISTINGS.c.region_code)
    row = reading.connection.execute(sa.select(_LISTINGS).where(_LISTINGS.c.code == code, shared)).one_or_none()
    if row is None:
        raise ListingNotFound(says("none-of-that-code", thing="listing", code=code, region=reading.actor.place))
    return ListingOut.of(row)


def listings(reading: Reading, asked: ListingList) -> Page[ListingOut]:
    """Listings of the caller's city."""
    return asked.page(reading, sa.select(_LISTINGS), lambda rows: [*map(ListingOut.of, rows)])


def _shared_with(reading: Reading, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    city = LEVEL_DIGITS[RegionLevel.PREFECTURE]
    return sa.or_(*(lies_in(column, prefix) for prefix in {region[:city] for region in reading.actor.regions}))
