"""A placement as answers, events and audit show it."""

from typing import Any

from services.employment.models import Placement, Worker
from services.employment.placements.schemas import PlacementOut
from services.employment.placements.store import show_placements
from shared.db.unit_of_work import UnitOfWork


def of_whom(placement: Placement, worker: Worker) -> dict[str, Any]:
    """Whose work it is, in the words of the events and of the answers."""
    return {
        "placement_id": placement.id,
        "household_code": worker.household_code,
        "region_code": worker.region_code,
        "member_no": worker.member_no,
    }


def shown(uow: UnitOfWork, placement: Placement, worker: Worker) -> PlacementOut:
    """The answer to whoever changed the placement."""
    return show_placements(uow, [placement.model_dump() | of_whom(placement, worker)])[0]


def audit_view(placement: Placement) -> dict[str, Any]:
    """What the audit keeps of a placement."""
    return {"status": str(placement.status), "version": placement.version}
