"""What assets can be asked. Every answer is limited to the caller's region."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from services.assets.commands.assets import load_rights, shown_asset
from services.assets.commands.distributions import shown_distribution
from services.assets.errors import AssetNotFound, DistributionNotFound
from services.assets.models import Asset, Distribution
from services.assets.schemas import AssetOut, AssetSummary, DistributionOut, DistributionSummary
from shared.contracts.codes import AssetClass, DistributionStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, by_code, newest_first, oldest_first


@dataclass(frozen=True, slots=True)
class AssetFilter:
    """Which assets are asked for."""

    region_code: str | None
    asset_class: AssetClass | None
    updated_after: dt.datetime | None


@dataclass(frozen=True, slots=True)
class DistributionFilter:
    """Which distributions are asked for."""

    region_code: str | None
    asset_code: str | None
    status: DistributionStatus | None
    updated_after: dt.datetime | None


def asset(reading: Reading, code: str, as_of: dt.date | None) -> AssetOut:
    """An asset with the rights of a day, and their history."""
    table = table_of(Asset)
    row = reading.connection.execute(sa.select(table).where(table.c.code == code)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise AssetNotFound(f"no asset {code} in region {reading.actor.place}")
    return shown_asset(row._asdict(), load_rights(reading, code), as_of or reading.today())


def assets(reading: Reading, wanted: AssetFilter, page: PageRequest) -> Sequence[AssetSummary]:
    """Assets, one more than the page holds: by code, or what was put after a moment in that order."""
    table = table_of(Asset)
    statement = sa.select(table).where(within(table.c.region_code, reading.actor, wanted.region_code))
    if wanted.asset_class is not None:
        statement = statement.where(table.c.asset_class == wanted.asset_class)
    if wanted.updated_after is None:
        ordered = by_code(statement, table.c.code, page)
    else:
        changed = statement.where(table.c.updated_at > wanted.updated_after)
        ordered = oldest_first(changed, table.c.updated_at, table.c.code, page)
    return [AssetSummary.model_validate(row._asdict()) for row in reading.connection.execute(ordered)]


def asset_key(wanted: AssetFilter) -> Callable[[AssetSummary], tuple[str, ...]]:
    """Where an asset stands in the list that was asked for."""

    def key(shown: AssetSummary) -> tuple[str, ...]:
        code = (shown.asset_code,)
        return code if wanted.updated_after is None else (shown.updated_at.isoformat(), *code)

    return key


def distribution(reading: Reading, distribution_id: UUID) -> DistributionOut:
    """A distribution with its lines and the steps taken."""
    table = table_of(Distribution)
    row = reading.connection.execute(sa.select(table).where(table.c.id == distribution_id)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise DistributionNotFound(f"no distribution {distribution_id} in region {reading.actor.place}")
    return shown_distribution(reading, row._asdict())


def distributions(reading: Reading, wanted: DistributionFilter, page: PageRequest) -> Sequence[DistributionSummary]:
    """Distributions; one more than the page holds.

    The newest come first; those that changed after a moment in the order in which they changed.
    """
    table = table_of(Distribution)
    statement = sa.select(table).where(within(table.c.region_code, reading.actor, wanted.region_code))
    statement = as_wanted(statement, table, wanted, "asset_code", "status")
    if wanted.updated_after is None:
        ordered = newest_first(statement, table.c.proposed_at, table.c.id, page)
    else:
        changed = statement.where(table.c.updated_at > wanted.updated_after)
        ordered = oldest_first(changed, table.c.updated_at, table.c.id, page)
    return [DistributionSummary.model_validate(row._asdict()) for row in reading.connection.execute(ordered)]


def distribution_key(wanted: DistributionFilter) -> Callable[[DistributionSummary], tuple[str, ...]]:
    """Where a distribution stands in the list that was asked for."""

    def key(shown: DistributionSummary) -> tuple[str, ...]:
        moment = shown.proposed_at if wanted.updated_after is None else shown.updated_at
        return moment.isoformat(), str(shown.distribution_id)

    return key
