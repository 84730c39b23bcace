"""Placements in the database: locked after their households, and shown with their histories."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.employment.models import PROCEDURE_STEP, Placement, Worker
from services.employment.placements.errors import PlacementNotFound
from services.employment.placements.procedure import TRANSITIONS
from services.employment.placements.schemas import PlacementOut
from services.employment.workers.store import HOUSEHOLDS
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.procedures.rows import Steps
from shared.procedures.showing import with_steps
from shared.words.said import says

STEPS = Steps(PROCEDURE_STEP, "placement")
_PLACEMENTS, _WORKERS = table_of(Placement), table_of(Worker)
_SELECT_HOME = sa.select(_WORKERS.c.household_code, _WORKERS.c.region_code).join(
    _PLACEMENTS, _PLACEMENTS.c.worker_id == _WORKERS.c.id
)


def lock_placement(uow: UnitOfWork, placement_id: UUID) -> tuple[Placement, Worker]:
    """A placement with its worker, locked after the household: its placements begin and end one after the other."""
    home = uow.connection.execute(_SELECT_HOME.where(_PLACEMENTS.c.id == placement_id)).one_or_none()
    if home is None or not uow.actor.sees(home.region_code):
        raise PlacementNotFound(says("no-such-placement", placement=placement_id, region=uow.actor.place))
    known = HOUSEHOLDS.table
    household = sa.select(known.c.code).where(known.c.code == home.household_code)
    uow.connection.execute(household.with_for_update())
    placement = uow.session.get_one(Placement, placement_id, with_for_update=True)
    return placement, uow.session.get_one(Worker, placement.worker_id, with_for_update=True)


def show_placements(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[PlacementOut]:
    """Placements with their histories; beside each row the region and the number of its worker stand."""
    return [PlacementOut.of(row) for row in with_steps(reading, TRANSITIONS, STEPS, rows)]
