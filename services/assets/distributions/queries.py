"""What can be asked of distributions. Every answer is limited to the caller's region."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assets.assets.schemas import AssetCode
from services.assets.distributions.errors import DistributionNotFound
from services.assets.distributions.schemas import DistributionOut, DistributionSummary
from services.assets.distributions.sheets import DISTRIBUTION_LIST
from services.assets.distributions.store import with_histories, with_lines
from services.assets.models import Distribution
from shared.codes.assets import DistributionStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says


class DistributionList(ListQuery):
    """Which distributions 收益分配 are asked for, the newest first."""

    order = newest_by("proposed_at")
    sheet = DISTRIBUTION_LIST
    asset_code: AssetCode | None = None
    region_code: RegionFilter | None = None
    status: DistributionStatus | None = None
    updated_after: UpdatedAfter = None


def distribution(reading: Reading, distribution_id: UUID) -> DistributionOut:
    """A distribution with its lines and the steps taken."""
    table = table_of(Distribution)
    statement = sa.select(table).where(table.c.id == distribution_id)
    row = reading.connection.execute(statement).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise DistributionNotFound(
            says("no-such-distribution", distribution=distribution_id, region=reading.actor.place)
        )
    return DistributionOut.of(with_lines(reading, row))


def distributions(reading: Reading, asked: DistributionList) -> Page[DistributionSummary]:
    """Distributions without their lines."""
    rows = sa.select(table_of(Distribution))
    return asked.page(reading, rows, lambda found: _summaries(reading, found))


def _summaries(reading: Reading, rows: Sequence[sa.Row[Any]]) -> list[DistributionSummary]:
    return [DistributionSummary.of(row) for row in with_histories(reading, [row._asdict() for row in rows])]
