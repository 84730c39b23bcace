"""What a list can be asked for."""

from collections.abc import Iterator
from typing import Any, ClassVar, Final, Literal, Self, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel, Field, PrivateAttr

from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.errors import Invalid
from shared.findings import Finding
from shared.lists.cursor import decode, encode
from shared.lists.filters import Columns, Filter, is_equal, is_later
from shared.lists.order import Order
from shared.lists.page import DEFAULT_LIMIT, MAX_LIMIT, Page
from shared.lists.portions import Key, Place, Show
from shared.sheets.columns import Sheet
from shared.words.said import says

ItemT = TypeVar("ItemT")
_REGION: Final = "region_code"
_UPDATED_AFTER: Final = "updated_after"
_SIFTED: Final = 10
"""Pages of rows that are looked at for one page of a list that leaves some out."""


class ListQuery(BaseModel):
    """The query parameters of a list. Its own fields are its filters, each the column of the rows that has its name.

    A `Filter` beside the type of a field says what else it means. Two names mean the same in every list: `region_code`
    narrows the regions that the caller may see, and `updated_after` asks for what changed later, in that order.
    """

    order: ClassVar[Order]
    """The order in which the list comes by itself."""
    sheet: ClassVar[Sheet]
    """The columns of the list as a file."""
    region: ClassVar[str | None] = _REGION
    """The column that says in which region a row lies; None for a list that shows every region to everybody."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Items a page")
    cursor: str | None = Field(None, max_length=512, description="`next_cursor` of the page before")
    format: Literal["json", "csv", "xlsx"] = Field(
        "json",
        description="How the list is written. `csv` and `xlsx` are the whole list as a file, without pages",
    )
    mapping: str | None = Field(
        None,
        max_length=64,
        description="Of a file: the other system whose headings and words it has; ours where it is left out",
    )
    _path: str = PrivateAttr("")
    _columns: Sheet | None = PrivateAttr(None)
    _place: Place | None = PrivateAttr(None)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Describe the filters of a list before what every list takes."""
        for name in ListQuery.model_fields:
            cls.__pydantic_fields__[name] = cls.__pydantic_fields__.pop(name)

    def at(self, path: str) -> Self:
        """Return this query for the list at an address: no other list takes its cursors."""
        self._path = path
        return self

    def from_place(self, key: Key | None) -> Self:
        """Return this query for the portion of the whole list that begins behind a key. Raises Invalid for pages."""
        paging = [name for name in ("limit", "cursor") if name in self.model_fields_set]
        if paging:
            raise Invalid.of([Finding(f"/{name}", says("file-has-no-pages")) for name in paging])
        asked = self.model_copy()
        asked._place = Place(key)  # noqa: SLF001  a copy of our own
        return asked

    def in_columns(self, sheet: Sheet) -> Self:
        """Return this query for a file with these columns instead of its own."""
        asked = self.model_copy()
        asked._columns = sheet  # noqa: SLF001  a copy of our own
        return asked

    def page(self, reading: Reading, rows: sa.Select[Any], show: Show[ItemT]) -> Page[ItemT]:
        """Return the page asked for. ``rows`` are all the list could show; ``show`` makes answers of those of a page.

        A file is given a portion. Raises Invalid for a cursor that the list did not give out, RegionNotAllowed for a
        region outside the caller's.
        """
        order = self._order()
        if self._place is not None:
            wanted = rows.where(*self._conditions(reading, rows.selected_columns))
            return self._place.portion(reading, self._columns or self.sheet, order.never_passed_by(), wanted, show)
        key = None if self.cursor is None else decode(self._path, self.cursor)
        # Where a page begins is said first: of two bounds of a region SQLite looks up by the one that it reads first.
        begun = order.begin_after(rows, key)
        wanted = begun.where(*self._conditions(reading, rows.selected_columns))
        found = reading.connection.execute(wanted.limit(self.limit + 1)).all()
        shown = found[: self.limit]
        goes_on = len(found) > self.limit
        return Page(items=list(show(shown)), next_cursor=encode(self._path, order.key(shown[-1])) if goes_on else None)

    def sifted(self, reading: Reading, rows: sa.Select[Any], show: Show[ItemT]) -> Page[ItemT]:
        """Return a page as `page` does, where ``show`` may leave rows out: it goes on until there is something to show.

        A page may be short. After ten without any it is empty, and its cursor leads on: no request is long.
        """
        asked = self
        for _ in range(_SIFTED):
            found = asked.page(reading, rows, show)
            if found.items or found.next_cursor is None:
                break
            asked = asked.model_copy(update={"cursor": found.next_cursor})
        return found

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Return which rows the caller may see: of the region asked for, or else of all the caller's own."""
        if self.region is None:
            return sa.true()
        ordered = self._order().names[0] == self.region
        return within(columns[self.region], reading.actor, self._given().get(_REGION), ordered=ordered)

    def _order(self) -> Order:
        return Order(("updated_at", self.order.names[-1])) if _UPDATED_AFTER in self._given() else self.order

    def _conditions(self, reading: Reading, columns: Columns) -> Iterator[sa.ColumnElement[bool]]:
        yield self.visible(reading, columns)
        for name, value in self._given().items():
            if name != _REGION or self.region is None:
                yield self._filter(name).condition(reading, columns, value)

    def _given(self) -> dict[str, Any]:
        """The filters that were sent, by name."""
        return {name: value for name, value in self if value is not None and name not in ListQuery.model_fields}

    def _filter(self, name: str) -> Filter:
        if name == _UPDATED_AFTER:
            return is_later("updated_at")
        said = type(self).model_fields[name].metadata
        return next((each for each in said if isinstance(each, Filter)), is_equal(name))
