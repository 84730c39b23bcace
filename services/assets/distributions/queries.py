"""What can be asked of distributions. Every answer is limited to the caller's region."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from services.assets.distributions.errors import DistributionNotFound
from services.assets.distributions.schemas import DistributionOut, DistributionSummary
from services.assets.distributions.store import with_lines
from services.assets.models import Distribution
from shared.codes.assets import DistributionStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, moment_or_change, newest_or_change


@dataclass(frozen=True, slots=True)
class DistributionFilter:
    """Which distributions are asked for."""

    region_code: str | None
    asset_code: str | None
    status: DistributionStatus | None
    updated_after: dt.datetime | None


def distribution(reading: Reading, distribution_id: UUID) -> DistributionOut:
    """A distribution with its lines and the steps taken."""
    table = table_of(Distribution)
    statement = sa.select(table).where(table.c.id == distribution_id)
    row = reading.connection.execute(statement).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise DistributionNotFound(f"no distribution {distribution_id} in region {reading.actor.place}")
    return DistributionOut.of(with_lines(reading, row))


def distributions(reading: Reading, wanted: DistributionFilter, page: PageRequest) -> Sequence[DistributionSummary]:
    """Distributions; one more than the page holds.

    The newest come first; those that changed after a moment in the order in which they changed.
    """
    table = table_of(Distribution)
    statement = sa.select(table).where(within(table.c.region_code, reading.actor, wanted.region_code))
    statement = as_wanted(statement, table, wanted, "asset_code", "status")
    ordered = newest_or_change(statement, table, table.c.proposed_at, wanted.updated_after, page)
    return [DistributionSummary.of(row) for row in reading.connection.execute(ordered).mappings()]


def distribution_key(wanted: DistributionFilter) -> Callable[[DistributionSummary], tuple[str, ...]]:
    """Where a distribution stands in the list that was asked for."""
    return moment_or_change(lambda shown: shown.proposed_at, lambda shown: shown.distribution_id, wanted.updated_after)
