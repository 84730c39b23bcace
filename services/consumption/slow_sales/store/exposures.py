"""Which households have operating links 联农带农 to what does not sell."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import Producer, Product
from services.consumption.producers.rules import Shares
from services.consumption.producers.store import shares_on
from services.consumption.requests.store import HOUSEHOLDS
from services.consumption.series.store import SeriesKey
from services.consumption.slow_sales.store.alerts import EXPOSURES
from shared.codes.monitoring import IncomeBranch
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.helping.households import KnownHousehold
from shared.regions import region_prefix

_PRODUCTS, _PRODUCERS = table_of(Product), table_of(Producer)
_SELECT_PRODUCERS = (
    sa.select(_PRODUCTS.c.commodity_code, _PRODUCTS.c.producer_code, _PRODUCERS.c.region_code)
    .distinct()
    .join(_PRODUCERS, _PRODUCERS.c.code == _PRODUCTS.c.producer_code)
    .where(is_one_of(_PRODUCTS.c.commodity_code, "codes"))
)
_SELECT_EXPOSED = sa.select(EXPOSURES).where(is_one_of(EXPOSURES.c.slow_sale_id, "ids"))
Exposed = Mapping[UUID, Mapping[str, KnownHousehold]]
"""By alert, the households that have to do with it, by code."""


def households_linked(reading: Reading, alerts: Sequence[Mapping[Any, Any]], on: dt.date) -> Exposed:
    """The living households with operating links on a day to producers of each commodity in each county.

    Of what a village reported, those who live there.
    """
    producers = _producers(reading, {alert["commodity_code"] for alert in alerts})
    wanted = {SeriesKey.of(alert["commodity_code"], alert["region_code"]) for alert in alerts}
    shares = shares_on(reading, sorted({code for key in wanted for code in producers[key]}), on)
    linked = {key: {code for one in producers[key] for code in _operating(shares[one])} for key in wanted}
    known = HOUSEHOLDS.find_anywhere(reading, {code for codes in linked.values() for code in codes})
    living = {code: one for code, one in known.items() if one.ended_on is None}
    return {
        alert["id"]: {
            code: living[code]
            for code in sorted(linked[SeriesKey.of(alert["commodity_code"], alert["region_code"])] & living.keys())
            if _lives_there(living[code], alert)
        }
        for alert in alerts
    }


def load_exposures(reading: Reading, ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, Mapping[Any, Any]]]:
    """The households that have ever been exposed to each of these alerts, by code."""
    found: dict[UUID, dict[str, Mapping[Any, Any]]] = defaultdict(dict)
    for row in reading.connection.execute(_SELECT_EXPOSED, {"ids": list(ids)}).mappings():
        found[row["slow_sale_id"]][row["household_code"]] = row
    return found


def _producers(reading: Reading, commodities: Collection[str]) -> Mapping[SeriesKey, set[str]]:
    found: dict[SeriesKey, set[str]] = defaultdict(set)
    for row in reading.connection.execute(_SELECT_PRODUCERS, {"codes": sorted(commodities)}):
        found[SeriesKey.of(row.commodity_code, row.region_code)].add(row.producer_code)
    return found


def _operating(shares: Shares) -> set[str]:
    """The households that get operating income of what a producer sells, also through a cooperative."""
    parts = [shares.households, *(cooperative.households for cooperative in shares.cooperatives)]
    return {one.household_code for part in parts for one in part if one.branch is IncomeBranch.OPERATING}


def _lives_there(household: KnownHousehold, alert: Mapping[Any, Any]) -> bool:
    if alert["place_code"] == alert["region_code"]:
        return True
    return household.region_code.startswith(region_prefix(alert["place_code"]))
