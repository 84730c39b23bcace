"""What can be asked of screenings, and what is counted of them for the metrics of the house."""

from typing import Annotated
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.households import Household
from services.monitoring.models.screenings import NightlyRoll, Screening
from services.monitoring.screenings.errors import ScreeningNotFound
from services.monitoring.screenings.schemas import ScreenedHousehold, ScreeningOut, ScreeningResult
from services.monitoring.screenings.sheets import SCREENED_HOUSEHOLDS, SCREENING_LIST
from services.monitoring.screenings.store import find_screening, load_undecided_households, of_screening
from shared import metrics
from shared.codes.monitoring import ScreeningChange
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.filters import Filter
from shared.lists.order import by, newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says

_SCREENINGS, _HOUSEHOLDS, _ROLL = table_of(Screening), table_of(Household), table_of(NightlyRoll)


class ScreeningList(ListQuery):
    """Which screenings 集中排查 are asked for, the newest first."""

    order = newest_by("began_at")
    sheet = SCREENING_LIST
    region_code: RegionFilter | None = None
    dry_run: bool | None = None
    updated_after: UpdatedAfter = None


class ScreenedList(ListQuery):
    """Which households of a screening are asked for."""

    order = by("household_code")
    sheet = SCREENED_HOUSEHOLDS
    region_code: RegionFilter | None = None
    change: Annotated[ScreeningChange, Filter(lambda *_: sa.true())] = ScreeningChange.AT_RISK


def screenings(reading: Reading, asked: ScreeningList) -> Page[ScreeningOut]:
    """Screenings of regions that lie within the caller's own."""
    return asked.page(reading, sa.select(_SCREENINGS), lambda rows: [ScreeningOut.of(row._asdict()) for row in rows])


def screening(reading: Reading, screening_id: UUID) -> ScreeningResult:
    """A screening with its counts. Raises ScreeningNotFound where its region is not all within the caller's own."""
    found = find_screening(reading, screening_id)
    if found is None or not reading.actor.sees(found.region_code or ""):
        said = says("none-of-that-code", thing="screening", code=screening_id, region=reading.actor.place)
        raise ScreeningNotFound(said)
    return found


def screened_households(reading: Reading, asked: ScreenedList, screening_id: UUID) -> Page[ScreenedHousehold]:
    """The households that are at risk behind a screening, newly so, or no longer. Raises ScreeningNotFound."""
    previous_id = screening(reading, screening_id).difference.previous
    found = {
        ScreeningChange.AT_RISK: of_screening(screening_id),
        ScreeningChange.NEWLY: of_screening(screening_id, previous_id),
        ScreeningChange.NO_LONGER: of_screening(previous_id, screening_id),
    }[asked.change].subquery()
    rows = sa.select(found.c.household_code, _HOUSEHOLDS.c.region_code, found.c.grade, found.c.kinds).join(
        _HOUSEHOLDS, _HOUSEHOLDS.c.code == found.c.household_code
    )
    return asked.page(reading, rows, ScreenedHousehold.of)


def undecided_counts(reading: Reading) -> metrics.Counts:
    """Households that wait for a policy value, by its key and by county."""
    waiting = load_undecided_households(reading)
    return {
        metrics.UNDECIDED_HOUSEHOLDS: {("monitoring", key, county): number for (key, county), number in waiting.items()}
    }


def roll_counts(reading: Reading) -> metrics.Counts:
    """How many days the nightly roll is behind."""
    ended = reading.connection.scalar(sa.select(_ROLL.c.ended))
    late = 0 if ended is None else max((reading.today() - ended).days, 0)
    return {metrics.ROLL_LATE_DAYS: {("monitoring",): late}}
