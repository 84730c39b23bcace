"""What a list can be asked for."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Final, Literal, Self, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel, Field, PrivateAttr

from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.lists.cursor import decode, encode
from shared.lists.filters import Columns, Filter, is_equal, is_later
from shared.lists.order import Order
from shared.lists.page import DEFAULT_LIMIT, MAX_LIMIT, Page

ItemT = TypeVar("ItemT")
_REGION: Final = "region_code"
_UPDATED_AFTER: Final = "updated_after"


class ListQuery(BaseModel):
    """The query parameters of a list. Its own fields are its filters, each the column of the rows that has its name.

    A `Filter` beside the type of a field says what else it means. Two names mean the same in every list: `region_code`
    narrows the regions that the caller may see, and `updated_after` asks for what changed later, in that order.
    """

    order: ClassVar[Order]
    """The order in which the list comes by itself."""
    region: ClassVar[str | None] = _REGION
    """The column that says in which region a row lies; None for a list that shows every region to everybody."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Items a page")
    cursor: str | None = Field(None, max_length=512, description="`next_cursor` of the page before")
    format: Literal["json"] = Field("json", description="How the list is written", json_schema_extra={"enum": ["json"]})
    _path: str = PrivateAttr("")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Describe the filters of a list before what every list takes."""
        for name in ListQuery.model_fields:
            cls.__pydantic_fields__[name] = cls.__pydantic_fields__.pop(name)

    def at(self, path: str) -> Self:
        """Return this query for the list at an address: no other list takes its cursors."""
        self._path = path
        return self

    def page(
        self, reading: Reading, rows: sa.Select[Any], show: Callable[[Sequence[sa.Row[Any]]], Sequence[ItemT]]
    ) -> Page[ItemT]:
        """Return the page asked for. ``rows`` are all the list could show; ``show`` makes answers of those of a page.

        Raises Invalid for a cursor that the list did not give out, RegionNotAllowed for a region outside the caller's.
        """
        order = self._order()
        wanted = rows.where(*self._conditions(reading, rows.selected_columns))
        key = None if self.cursor is None else decode(self._path, self.cursor)
        found = reading.connection.execute(order.begin_after(wanted, key).limit(self.limit + 1)).all()
        shown = found[: self.limit]
        goes_on = len(found) > self.limit
        return Page(items=list(show(shown)), next_cursor=encode(self._path, order.key(shown[-1])) if goes_on else None)

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Return which rows the caller may see: of the region asked for, or else of all the caller's own."""
        if self.region is None:
            return sa.true()
        return within(columns[self.region], reading.actor, self._given().get(_REGION))

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
