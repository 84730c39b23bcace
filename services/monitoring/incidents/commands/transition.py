"""The steps that people take with an incident 突发事件."""

from typing import Any
from uuid import UUID

from services.monitoring.incidents.commands.release import lock_next_households, tell_of
from services.monitoring.incidents.errors import SomebodyWaits
from services.monitoring.incidents.procedure import TRANSITIONS
from services.monitoring.incidents.schemas import IncidentOut, IncidentTransitionIn
from services.monitoring.incidents.store import STEPS, count_households, find_incident, show_incidents
from services.monitoring.models.incidents import Incident
from shared.codes.monitoring import IncidentAction
from shared.contracts.monitoring import IncidentClosed
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
from shared.words.said import says


def transition_incident(uow: UnitOfWork, incident_id: UUID, body: IncidentTransitionIn) -> IncidentOut:
    """Tell of some who wait, or of all of them, before their hour; or end an incident in which nobody waits.

    Raises:
        IncidentNotFound: there is no such incident in a county in which the caller has to do.
        TransitionNotAllowed: it has ended.
        LevelTooLow: the caller's region is narrower than the county.
        SomebodyWaits: it cannot end yet.
    """
    region_code = find_incident(uow, incident_id)["region_code"]
    is_release = body.action is IncidentAction.RELEASE
    households = lock_next_households(uow, incident_id, body.limit if is_release else 0)
    incident = uow.session.get_one(Incident, incident_id, with_for_update=True)
    asked = Asked(
        action=body.action,
        region_code=region_code,
        caller=Caller.of(uow.actor, region_code),
        note=body.note,
        details={"told": len(households)} if is_release else None,
        logged={"region": region_code},
    )

    def follow() -> dict[str, Any] | None:
        if is_release:
            return {"told": tell_of(uow, incident_id, households)}
        _close(uow, incident)
        return None

    _TAKER.take(uow, incident, asked, follow)
    return show_incidents(uow, [incident.model_dump()])[0]


def _close(uow: UnitOfWork, incident: Incident) -> None:
    counted = count_households(uow, [incident.id]).get(incident.id, {"households": 0, "queued": 0})
    if counted["queued"]:
        raise SomebodyWaits(says("incident-not-told-to-the-end", queued=counted["queued"]), queued=counted["queued"])
    closed = IncidentClosed(
        incident_id=incident.id,
        kind=incident.kind,
        region_code=incident.region_code,
        households=counted["households"],
        on=uow.today(),
    )
    uow.emit(closed, region=incident.region_code)


def _audit_view(incident: Incident) -> dict[str, Any]:
    return {"status": str(incident.status), "version": incident.version}


_TAKER = Taker(TRANSITIONS, STEPS, _audit_view)
