"""What can be asked of assets. Every answer is limited to the caller's region."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from services.assets.assets.errors import AssetNotFound
from services.assets.assets.schemas import AssetOut, AssetSummary
from services.assets.assets.store import load_rights, with_rights
from services.assets.models import Asset
from shared.codes.assets import AssetClass
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, by_code_or_change, code_or_change


@dataclass(frozen=True, slots=True)
class AssetFilter:
    """Which assets are asked for."""

    region_code: str | None
    asset_class: AssetClass | None
    updated_after: dt.datetime | None


def asset(reading: Reading, code: str, as_of: dt.date | None) -> AssetOut:
    """An asset with the rights of a day, and their history."""
    table = table_of(Asset)
    row = reading.connection.execute(sa.select(table).where(table.c.code == code)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise AssetNotFound(f"no asset {code} in region {reading.actor.place}")
    return AssetOut.of(with_rights(row, load_rights(reading, code), as_of or reading.today()))


def assets(reading: Reading, wanted: AssetFilter, page: PageRequest) -> Sequence[AssetSummary]:
    """Assets, one more than the page holds: by code, or what was put after a moment in that order."""
    table = table_of(Asset)
    statement = sa.select(table).where(within(table.c.region_code, reading.actor, wanted.region_code))
    if wanted.asset_class is not None:
        statement = statement.where(table.c.asset_class == wanted.asset_class)
    ordered = by_code_or_change(statement, table.c.code, table.c.updated_at, wanted.updated_after, page)
    return [AssetSummary.of(row) for row in reading.connection.execute(ordered).mappings()]


def asset_key(wanted: AssetFilter) -> Callable[[AssetSummary], tuple[str, ...]]:
    """Where an asset stands in the list that was asked for."""
    return code_or_change(lambda shown: shown.asset_code, wanted.updated_after)
