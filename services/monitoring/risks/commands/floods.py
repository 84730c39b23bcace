"""Floods of risks 突发事件: within a time the first households of a county are told of at once, the others in turn."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.monitoring.models import PROCEDURE_STEP
from services.monitoring.risks.rules.forms import Release
from services.monitoring.risks.store.floods import (
    full_hours,
    join_incident,
    load_open_incident,
    load_recent_households,
    touch_incidents,
    write_incident,
)
from shared.codes.monitoring import IncidentKind, IncidentStatus
from shared.contracts.monitoring import IncidentOpened
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.procedures.rows import Steps, Taken
from shared.regions import CODE_LENGTH, county_of
from shared.security.actor import SYSTEM

INCIDENT_STEPS = Steps(PROCEDURE_STEP, "incident")
_FOUND = "found"


class Raised(NamedTuple):
    """A risk that is about to be told."""

    household_code: str
    region_code: str
    flood: IncidentKind | None
    """What it counts for; None: it is told whatever else comes."""
    release: Release | None
    """How a flood is told there; None: nobody waits."""


class Turn(NamedTuple):
    """Whether a risk is told at once, or waits for its turn."""

    flood: IncidentKind | None
    incident_id: UUID | None = None
    is_told: bool = True
    told_on: date | None = None
    """When it was told, where it had waited."""


def give_turns(uow: UnitOfWork, raised: Sequence[Raised]) -> list[Turn]:
    """Tell which of these risks are told at once, in their order, and found the incidents of the others.

    The households are locked. Two that are raised at once are counted one after the other: whoever raises a risk of a
    flood takes a moment of change first, which waits for everybody else who was given one.
    """
    turns = [Turn(one.flood) for one in raised]
    flows: defaultdict[tuple[str, IncidentKind], list[int]] = defaultdict(list)
    for place, one in enumerate(raised):
        if one.flood is not None and one.release is not None:
            flows[county_of(one.region_code), one.flood].append(place)
    if flows:
        uow.stamp()
    for (county, flood), places in sorted(flows.items()):
        release = raised[places[0]].release
        assert release is not None, "a flow is told by some pace"
        incident_id, told = _flow(uow, county, flood, release, [raised[place].household_code for place in places])
        for place, is_told in zip(places, told, strict=True):
            turns[place] = Turn(flood, incident_id, is_told)
    return turns


def _flow(
    uow: UnitOfWork, county: str, flood: IncidentKind, release: Release, households: Sequence[str]
) -> tuple[UUID | None, list[bool]]:
    """The incident that these households belong to, if any, and which of them are told of at once."""
    since, region_code = uow.now() - release.window, county.ljust(CODE_LENGTH, "0")
    incident = load_open_incident(uow, flood, region_code)
    waiting = before = incident is not None and incident.has_queue
    recent = set() if waiting else load_recent_households(uow, flood, county, since, release.at_once)
    told: list[bool] = []
    for code in households:
        waiting = waiting or (code not in recent and len(recent) >= release.at_once)
        if not waiting:
            recent.add(code)
        told.append(not waiting)
    if incident is not None:
        pace = {} if before or not waiting else {"hours_told": full_hours(incident.founded_at, uow.now())}
        touch_incidents(uow, [incident.id], **pace)
        return incident.id, told
    if not waiting:
        return None, told
    incident_id = _found(uow, flood, region_code, len(recent.union(households)))
    join_incident(uow, incident_id, flood, county, since)
    return incident_id, told


def _found(uow: UnitOfWork, kind: IncidentKind, region_code: str, households: int) -> UUID:
    now = uow.now()
    row: dict[str, Any] = {
        "id": new_id(),
        "kind": kind,
        "region_code": region_code,
        "status": IncidentStatus.OPEN,
        "founded_at": now,
        "hours_told": 0,
        "version": 1,
        "updated_at": uow.stamp(),
    }
    write_incident(uow, row)
    INCIDENT_STEPS.write(uow, [Taken(row["id"], 1, now, _FOUND, IncidentStatus.OPEN, SYSTEM.id)])
    opened = IncidentOpened(
        incident_id=row["id"], kind=kind, region_code=region_code, households=households, on=uow.today()
    )
    uow.emit(opened, region=region_code)
    told = {"kind": str(kind), "region": region_code, "households": households}
    uow.record("incident.opened", row["id"], told, after=told, actor=SYSTEM.id)
    return opened.incident_id
