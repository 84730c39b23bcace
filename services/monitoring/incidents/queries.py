"""What can be asked of incidents. Every answer is limited to the counties in which the caller has to do."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.incidents.schemas import IncidentHouseholdOut, IncidentOut
from services.monitoring.incidents.sheets import INCIDENT_HOUSEHOLD_LIST, INCIDENT_LIST
from services.monitoring.incidents.store import INCIDENTS, find_incident, is_red, show_incidents
from services.monitoring.models.risks import Risk
from services.monitoring.risks.store.floods import IS_QUEUED, full_hours
from shared import metrics
from shared.codes.monitoring import IncidentKind, IncidentStatus, RiskGrade
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.http.fields import UpdatedAfter
from shared.lists.filters import Columns
from shared.lists.order import by, newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter, county_of

_RISKS = table_of(Risk)
_SECONDS_PER_HOUR: Final = 3600


class IncidentList(ListQuery):
    """Which incidents 突发事件 are asked for, the newest first."""

    order = newest_by("founded_at")
    sheet = INCIDENT_LIST
    region_code: RegionFilter | None = None
    kind: IncidentKind | None = None
    status: IncidentStatus | None = None
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Return which incidents the caller may see: of a part of a county, those of the county."""
        counties = map(county_of, reading.actor.search_prefixes(self.region_code))
        return sa.or_(*(lies_in(columns["region_code"], county) for county in counties))


class IncidentHouseholdList(ListQuery):
    """Which households of an incident are asked for, by their codes."""

    order = by("household_code")
    sheet = INCIDENT_HOUSEHOLD_LIST
    region_code: RegionFilter | None = None
    queued: bool | None = None
    updated_after: UpdatedAfter = None


def incident(reading: Reading, incident_id: UUID) -> IncidentOut:
    """An incident with its history."""
    return show_incidents(reading, [find_incident(reading, incident_id)])[0]


def incidents(reading: Reading, asked: IncidentList) -> Page[IncidentOut]:
    """Incidents with their histories."""
    return asked.page(
        reading, sa.select(INCIDENTS), lambda found: show_incidents(reading, [row._asdict() for row in found])
    )


def households(reading: Reading, asked: IncidentHouseholdList, incident_id: UUID) -> Page[IncidentHouseholdOut]:
    """The households of an incident, of the caller's region. Raises IncidentNotFound."""
    find_incident(reading, incident_id)
    of_incident = (
        sa.select(
            _RISKS.c.household_code,
            sa.func.max(_RISKS.c.region_code).label("region_code"),
            sa.func.max(is_red(_RISKS.c.grade)).label("red"),
            sa.func.count().label("risks"),
            (sa.func.max(sa.case((IS_QUEUED, 1), else_=0)) == 1).label("queued"),
            sa.func.min(_RISKS.c.released_at, type_=_RISKS.c.released_at.type).label("released_at"),
            sa.func.max(_RISKS.c.updated_at, type_=_RISKS.c.updated_at.type).label("updated_at"),
        )
        .where(_RISKS.c.incident_id == incident_id)
        .group_by(_RISKS.c.household_code)
        .subquery()
    )

    def show(rows: Sequence[sa.Row[Any]]) -> list[IncidentHouseholdOut]:
        grades = {1: RiskGrade.RED, 0: RiskGrade.ORANGE}
        return [IncidentHouseholdOut.model_validate({**row._asdict(), "grade": grades[row.red]}) for row in rows]

    return asked.page(reading, sa.select(of_incident), show)


def counts(reading: Reading) -> metrics.Counts:
    """Households that wait to be told of, and for how long the hour is over that was to tell of some of them."""
    waiting = (
        sa.select(INCIDENTS, sa.func.count(_RISKS.c.household_code.distinct()).label("queued"))
        .join(_RISKS, (_RISKS.c.incident_id == INCIDENTS.c.id) & IS_QUEUED)
        .group_by(INCIDENTS.c.id)
    )
    queued: dict[tuple[str, ...], int] = {}
    late: dict[tuple[str, ...], int] = {}
    now = reading.now()
    for row in reading.connection.execute(waiting):
        labels = (county_of(row.region_code), str(row.kind))
        queued[labels] = row.queued
        late[labels] = max(0, full_hours(row.founded_at, now) - row.hours_told) * _SECONDS_PER_HOUR
    return {metrics.HOUSEHOLDS_QUEUED: queued, metrics.INCIDENT_LATE_SECONDS: late}
