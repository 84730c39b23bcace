"""Households that a missing policy value keeps from being judged 待判定."""

from collections import Counter
from collections.abc import Mapping

import sqlalchemy as sa

from services.monitoring.models.households import Household
from services.monitoring.risks.rules.parameters import RULE_KEYS
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

_HOUSEHOLDS = table_of(Household)
_SELECT_HOUSEHOLDS_BY_REGION = (
    sa.select(_HOUSEHOLDS.c.region_code, sa.func.count())
    .where(_HOUSEHOLDS.c.ended_on.is_(None))
    .group_by(_HOUSEHOLDS.c.region_code)
)
_COUNTY_DIGITS = 6


def load_undecided_households(reading: Reading) -> Mapping[tuple[str, str], int]:
    """How many households cannot be judged today, by the policy value that is missing and by county."""
    waiting: Counter[tuple[str, str]] = Counter()
    if not _something_is_missing(reading):
        return waiting
    for region_code, households in reading.connection.execute(_SELECT_HOUSEHOLDS_BY_REGION):
        view = reading.policy.at(region_code, reading.today())
        for key in RULE_KEYS:
            if view.find(key) is None:
                waiting[key, region_code[:_COUNTY_DIGITS]] += households
    return waiting


def _something_is_missing(reading: Reading) -> bool:
    regions = {pack.region for pack in reading.policy.packs if pack.region is not None}
    views = [reading.policy.at(region, reading.today()) for region in regions]
    return any(view.find(key) is None for view in views for key in RULE_KEYS)
