"""What can be asked of protections. A status tells nobody's health, so every caller of the region sees the same."""

import datetime as dt

import sqlalchemy as sa

from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.ledger.store import load_dossiers
from services.monitoring.protections.schemas import ProtectionListed, ProtectionOut, ProtectionsOut
from services.monitoring.protections.sheets import PROTECTION_LIST
from services.monitoring.protections.store import PROTECTIONS, find_standings
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.db.unit_of_work import Reading
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says


def protections(reading: Reading, code: str, as_of: dt.date | None) -> ProtectionsOut:
    """Where a household stands on a date, by what is recorded now and was observed by then. Changes nothing.

    From the day of its end on nothing is applicable.
    """
    dossier = load_dossiers(reading, [code], lock=False).get(code)
    if dossier is None or not reading.actor.sees(dossier.region_code):
        raise HouseholdNotFound(says("no-household-in-region", household=code, region=reading.actor.place))
    on = as_of or reading.today()
    found = find_standings(reading, [(dossier, on)])[code].standings
    items = [ProtectionOut.of(*each) for each in found.items()]
    return ProtectionsOut(household_code=code, as_of=on, items=items)


class ProtectionList(ListQuery):
    """Which protections are asked for, by the region of the household, and by household."""

    order = by("region_code", "household_code", "code")
    sheet = PROTECTION_LIST
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    code: Protection | None = None
    status: ProtectionStatus | None = None
    updated_after: UpdatedAfter = None


def listed_protections(reading: Reading, asked: ProtectionList) -> Page[ProtectionListed]:
    """Protections of households of which something was said in any matter."""
    return asked.page(reading, sa.select(PROTECTIONS), lambda rows: list(map(ProtectionListed.model_validate, rows)))
