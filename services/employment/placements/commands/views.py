"""A placement as answers, events, audit and log show it."""

from typing import Any

from services.employment.models import Placement, Worker
from services.employment.placements.schemas import PlacementOut
from shared.context import Context
from shared.db.unit_of_work import UnitOfWork


def of_whom(placement: Placement, worker: Worker) -> dict[str, Any]:
    """Whose work it is, in the words of the events and of the answers."""
    return {
        "placement_id": placement.id,
        "household_code": worker.household_code,
        "region_code": worker.region_code,
        "member_no": worker.member_no,
    }


def shown(placement: Placement, worker: Worker) -> PlacementOut:
    """The answer to whoever changed the placement."""
    return PlacementOut.of(placement.model_dump() | of_whom(placement, worker))


def audit_view(placement: Placement) -> dict[str, Any]:
    """What the audit keeps of a placement."""
    return {"status": str(placement.status), "version": placement.version}


def log_placement(uow: UnitOfWork, event: str, placement: Placement, context: Context | None = None) -> None:
    """Log where a placement stands."""
    placement_id, household = str(placement.id), placement.household_code
    uow.note(event, context=context, placement_id=placement_id, household=household, status=placement.status)
