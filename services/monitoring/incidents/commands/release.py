"""Those who wait in an incident 突发事件 are told of: so many with every full hour, or at an officer's word."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.incidents.store import INCIDENTS, load_next_households, load_queued_risks
from services.monitoring.ledger.store import lock_households
from services.monitoring.models.risks import Risk
from services.monitoring.risks.commands.publish import publish_risk
from services.monitoring.risks.store.floods import IS_QUEUED, full_hours, touch_incidents
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.codes.monitoring import IncidentStatus
from shared.contracts.monitoring import Clue, RiskRaised
from shared.db.base import table_of
from shared.db.rows import update_tuples
from shared.db.unit_of_work import UnitOfWork
from shared.security.actor import SYSTEM

_RISKS = table_of(Risk)
_TOLD: Final = ("released_at", "told_on", "event_id", "updated_at")


def release_due(uow: UnitOfWork) -> bool:
    """Tell of the next households of one incident whose hour has come; tells whether more may be waiting.

    Hours that passed while nothing ran are caught up, one by one. Of several processes one tells each hour: whoever has
    the households and a moment of change looks anew whether the hour was told meanwhile.
    """
    due = next((row for row in _waiting(uow) if _hours_due(uow, row)), None)
    if due is None:
        return False
    parameters = rule_parameters(uow.policy, due["region_code"], uow.today())
    per_hour = None if parameters.release is None else parameters.release.per_hour
    households = lock_next_households(uow, due["id"], per_hour)
    hours_told = uow.connection.scalar(sa.select(INCIDENTS.c.hours_told).where(INCIDENTS.c.id == due["id"]))
    if hours_told == due["hours_told"]:
        told = tell_of(uow, due["id"], households)
        touch_incidents(uow, [due["id"]], hours_told=hours_told + 1)
        after = {"households": told, "hour": hours_told + 1}
        uow.record("incident.hour_told", due["id"], after, after=after, actor=SYSTEM.id)
    return True


def lock_next_households(uow: UnitOfWork, incident_id: UUID, limit: int | None) -> Sequence[str]:
    """The households that are told of next, locked before the moment of change that orders whatever is told."""
    households = load_next_households(uow, incident_id, limit)
    lock_households(uow, sorted(households))
    uow.stamp()
    return households


def tell_of(uow: UnitOfWork, incident_id: UUID, households: Sequence[str]) -> int:
    """Tell the risks of these households that still wait, as they are by now; returns of how many that was.

    The households are locked. Each risk is told in the chain of what raised it.
    """
    now, today = uow.now(), uow.today()
    risks = load_queued_risks(uow, incident_id, households)
    rows = []
    for risk in risks:
        waited: Mapping[str, Any] = risk["clue"]
        context = uow.context.in_chain(waited["chain"])
        event_id = publish_risk(
            uow, RiskRaised, {**risk, "told_on": today}, Clue.model_validate(waited["clue"]), context
        )
        rows.append((now, today, event_id, uow.stamp(), risk["id"]))
        told = {"household": risk["household_code"], "event_id": str(event_id)}
        uow.record("risk.released", risk["id"], told, after=told, context=context)
    update_tuples(uow.connection, _RISKS, "id", _TOLD, rows)
    return len({risk["household_code"] for risk in risks})


def _waiting(uow: UnitOfWork) -> Sequence[Mapping[Any, Any]]:
    """The incidents in which somebody waits, the oldest first."""
    somebody = sa.exists().where(_RISKS.c.incident_id == INCIDENTS.c.id, IS_QUEUED)
    asked = sa.select(INCIDENTS).where(INCIDENTS.c.status == IncidentStatus.OPEN, somebody)
    return uow.connection.execute(asked.order_by(INCIDENTS.c.founded_at, INCIDENTS.c.id)).mappings().all()


def _hours_due(uow: UnitOfWork, incident: Mapping[Any, Any]) -> bool:
    hours_told: int = incident["hours_told"]
    return full_hours(incident["founded_at"], uow.now()) > hours_told
