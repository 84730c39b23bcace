"""Help moves with its household, and ends with it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.assistance.commands.history import history_entry
from services.assistance.commands.measures import cancel_measures
from services.assistance.commands.telling import tell_closed
from services.assistance.models import HOUSEHOLDS, Disbursement, Measure, Task
from services.assistance.rules import TaskChange
from shared.contracts.codes import TaskStatus
from shared.contracts.envelope import Event
from shared.contracts.monitoring import HouseholdChanged, HouseholdEnded
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.security.actor import SYSTEM

_TASKS, _MEASURES, _PAID = table_of(Task), table_of(Measure), table_of(Disbursement)
_THEIRS = sa.select(_TASKS).where(is_one_of(_TASKS.c.household_code, "codes")).order_by(_TASKS.c.id).with_for_update()


def home_of(reading: Reading, household_code: str, otherwise: str) -> str:
    """The region where the household lives now, as far as this house has heard."""
    known = HOUSEHOLDS.find_anywhere(reading, [household_code]).get(household_code)
    return known.region_code if known else otherwise


def follow_households(uow: UnitOfWork, events: Sequence[Event[HouseholdChanged]]) -> None:
    """Take every task that is not closed along to where its household lives now, with what was paid for it."""
    HOUSEHOLDS.remember(uow, events)
    contexts = {event.data.household_code: event.caused() for event in events}
    homes = HOUSEHOLDS.find_anywhere(uow, list(contexts))
    unfinished = [row for row in _hold(uow, contexts) if row["status"] is not TaskStatus.CLOSED]
    moving = [row for row in unfinished if row["region_code"] != homes[row["household_code"]].region_code]
    for row in moving:
        home, context = homes[row["household_code"]].region_code, contexts[row["household_code"]]
        note = f"from {row['region_code']} to {home}"
        _write(uow, row, TaskChange.MOVED, note, region_code=home)
        asked = sa.select(_MEASURES.c.id).where(_MEASURES.c.task_id == row["id"])
        uow.connection.execute(sa.update(_PAID).where(_PAID.c.measure_id.in_(asked)).values(region_code=home))
        before, after = {"region_code": row["region_code"]}, {"region_code": home}
        uow.audit("task.moved", str(row["id"]), before=before, after=after, actor=SYSTEM.id, context=context)
        uow.note("task.moved", context=context, task_id=str(row["id"]), household=row["household_code"])


def end_households(uow: UnitOfWork, events: Sequence[Event[HouseholdEnded]]) -> None:
    """Close the tasks nobody began of households that are no more; ask the owners of the others. Safe to repeat.

    Nobody is asked any more for what is not answered.
    """
    HOUSEHOLDS.remember(uow, events)
    for event in sorted(events, key=lambda event: event.data.household_code):
        for row in _hold(uow, [event.data.household_code]):
            if row["status"] is not TaskStatus.CLOSED:
                _end(uow, row, event)


def _end(uow: UnitOfWork, row: Mapping[str, Any], event: Event[HouseholdEnded]) -> None:
    ended, context = event.data, event.caused()
    begun = row["taken_up"]
    note = f"the household is no more since {ended.ended_on}: {ended.reason}"
    if begun and any(entry["note"] == note for entry in row["history"]):
        return
    if begun:
        cancel_measures(uow, row["id"], row["region_code"], by=SYSTEM.id)
    change = TaskChange.HOUSEHOLD_ENDED if begun else TaskChange.CLOSED
    status = row["status"] if begun else TaskStatus.CLOSED
    after = _write(uow, row, change, note, status=status)
    if not begun:
        tell_closed(uow, after, "cause_gone", ended.ended_on, context)
    states = {"before": {"status": str(row["status"])}, "after": {"status": str(status)}}
    uow.audit(f"task.{change}", str(row["id"]), **states, reason=ended.reason, actor=SYSTEM.id, context=context)
    uow.note(f"task.{change}", context=context, task_id=str(row["id"]), household=row["household_code"])


def _hold(uow: UnitOfWork, codes: Collection[str]) -> Sequence[Mapping[str, Any]]:
    """The tasks of these households, locked in the order of their ids: also closed ones, which may open meanwhile."""
    rows = uow.connection.execute(_THEIRS, {"codes": sorted(codes)}).mappings()
    return [dict(row) for row in rows]


def _write(uow: UnitOfWork, row: Mapping[str, Any], change: TaskChange, note: str, **changed: Any) -> Mapping[str, Any]:
    status = changed.get("status", row["status"])
    entry = history_entry(uow.now().isoformat(), change, SYSTEM.id, status, note, row["verdict"])
    after = {
        **changed,
        "version": row["version"] + 1,
        "history": [*row["history"], entry],
        "updated_at": uow.stamp(),
    }
    uow.connection.execute(sa.update(_TASKS).where(_TASKS.c.id == row["id"]).values(after))
    return {**row, **after}
