"""Incidents 突发事件 in the database: found, counted, shown, and who is next in them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.incidents.errors import IncidentNotFound
from services.monitoring.incidents.procedure import TRANSITIONS
from services.monitoring.incidents.schemas import IncidentOut
from services.monitoring.models import PROCEDURE_STEP
from services.monitoring.models.incidents import Incident
from services.monitoring.models.risks import Risk
from services.monitoring.risks.store.floods import IS_QUEUED
from shared.codes.monitoring import RiskGrade
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.procedures.rows import Steps
from shared.procedures.showing import with_steps
from shared.regions import county_of
from shared.words.said import says

STEPS = Steps(PROCEDURE_STEP, "incident")
INCIDENTS: Final = table_of(Incident)
_RISKS = table_of(Risk)


def is_red(grade: sa.ColumnElement[RiskGrade]) -> sa.ColumnElement[int]:
    """One for what is told first, zero for the rest."""
    return sa.case((grade == RiskGrade.RED, 1), else_=0)


def _households(*those: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    counted = sa.case((sa.and_(*those), _RISKS.c.household_code)) if those else _RISKS.c.household_code
    return sa.func.count(counted.distinct())


_SELECT_COUNTS = (
    sa.select(
        _RISKS.c.incident_id,
        _households().label("households"),
        _households(_RISKS.c.released_at.is_not(None)).label("released"),
        _households(IS_QUEUED).label("queued"),
    )
    .where(is_one_of(_RISKS.c.incident_id, "ids"))
    .group_by(_RISKS.c.incident_id)
)
_NOBODY: Final = {"households": 0, "released": 0, "queued": 0}


def find_incident(reading: Reading, incident_id: UUID) -> Mapping[Any, Any]:
    """The row of an incident of a county in which the caller has to do. Raises IncidentNotFound."""
    row = reading.connection.execute(sa.select(INCIDENTS).where(INCIDENTS.c.id == incident_id)).mappings().one_or_none()
    if row is None or not _is_seen(reading, row["region_code"]):
        raise IncidentNotFound(says("no-such-incident", incident=incident_id, region=reading.actor.place))
    return row


def _is_seen(reading: Reading, region_code: str) -> bool:
    """Whoever has to do in a part of a county sees its incidents."""
    return any(region_code.startswith(county_of(region)) for region in reading.actor.regions)


def count_households(reading: Reading, ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """How many households each of these incidents has, and how many of them were told of and wait."""
    found = reading.connection.execute(_SELECT_COUNTS, {"ids": list(ids)}).mappings()
    return {row["incident_id"]: {name: row[name] for name in _NOBODY} for row in found}


def show_incidents(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[IncidentOut]:
    """Incidents with their counts and histories; one statement finds those of all."""
    counts = count_households(reading, [row["id"] for row in rows])
    shown = with_steps(reading, TRANSITIONS, STEPS, rows)
    return [IncidentOut.model_validate({**row, **counts.get(row["id"], _NOBODY)}) for row in shown]


def load_next_households(reading: Reading, incident_id: UUID, limit: int | None) -> Sequence[str]:
    """The households that are told of next, red first, then by their code; all of them without a limit."""
    waiting = sa.select(_RISKS.c.household_code).where(_RISKS.c.incident_id == incident_id, IS_QUEUED)
    red_first = sa.func.max(is_red(_RISKS.c.grade)).desc()
    in_turn = waiting.group_by(_RISKS.c.household_code).order_by(red_first, _RISKS.c.household_code)
    return reading.connection.scalars(in_turn.limit(limit)).all()


def load_queued_risks(reading: Reading, incident_id: UUID, households: Collection[str]) -> Sequence[Mapping[Any, Any]]:
    """The risks of these households that wait in an incident, red first, then by household and kind."""
    theirs = sa.select(_RISKS).where(_RISKS.c.incident_id == incident_id, is_one_of(_RISKS.c.household_code, "codes"))
    red_first = is_red(_RISKS.c.grade).desc()
    in_turn = theirs.where(IS_QUEUED).order_by(red_first, _RISKS.c.household_code, _RISKS.c.kind)
    return reading.connection.execute(in_turn, {"codes": list(households)}).mappings().all()
