"""Rows of series, locked by whoever changes what is known of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Self
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import Commodity, SaleSeries
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import derived_id
from shared.regions import CODE_LENGTH, county_of

SERIES, _COMMODITIES = table_of(SaleSeries), table_of(Commodity)
_SELECT_FOR_UPDATE = sa.select(SERIES).where(is_one_of(SERIES.c.id, "ids")).order_by(SERIES.c.id).with_for_update()
_SELECT_COMMODITIES = sa.select(_COMMODITIES.c.code, _COMMODITIES.c.shelf_life_days).where(
    is_one_of(_COMMODITIES.c.code, "codes")
)


class SeriesKey(NamedTuple):
    """A commodity in a county, by which everything of a series is found."""

    commodity_code: str
    region_code: str
    """The county, as twelve digits."""

    @classmethod
    def of(cls, commodity_code: str, region_code: str) -> Self:
        """The series to which a report from a region belongs."""
        return cls(commodity_code, county_of(region_code).ljust(CODE_LENGTH, "0"))

    @property
    def id(self) -> UUID:
        """The id of its row."""
        return derived_id("sale-series", *self)


def enter_series(uow: UnitOfWork, keys: Collection[SeriesKey]) -> None:
    """Enter the series that are new, in the order in which they are locked. The next night judges them first."""
    statement = insert_into(SERIES, uow.connection.dialect.name).on_conflict_do_nothing()
    by_id = {key.id: key for key in keys}
    rows = [{"id": series_id, **by_id[series_id]._asdict(), "judged_on": uow.today()} for series_id in sorted(by_id)]
    execute_rows(uow.connection, statement, rows)


def lock_series(uow: UnitOfWork, ids: Collection[UUID]) -> Sequence[Mapping[Any, Any]]:
    """The rows of series, locked in the order of their ids."""
    return uow.connection.execute(_SELECT_FOR_UPDATE, {"ids": list(ids)}).mappings().all()


def shelf_lives(reading: Reading, codes: Collection[str]) -> Mapping[str, int | None]:
    """The shelf life in days of each of these commodities that is registered; None where it keeps."""
    rows = reading.connection.execute(_SELECT_COMMODITIES, {"codes": list(codes)})
    return {row.code: row.shelf_life_days for row in rows}
