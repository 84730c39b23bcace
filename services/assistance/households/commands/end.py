"""Help that ends with its household 农户注销."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.assistance.known_households.store import HOUSEHOLDS
from services.assistance.measures.commands.cancel import cancel_measures
from services.assistance.tasks.commands.publish import publish_closed
from services.assistance.tasks.store import STEPS, lock_tasks_of, write_task
from shared.codes.assistance import TaskChange, TaskEndedBy, TaskStatus
from shared.contracts.envelope import Event
from shared.contracts.monitoring import HouseholdEnded
from shared.db.unit_of_work import UnitOfWork
from shared.security.actor import SYSTEM
from shared.words.said import says


def end_households(uow: UnitOfWork, events: Sequence[Event[HouseholdEnded]]) -> None:
    """Close the tasks nobody began of households that are no more; ask the owners of the others. Safe to repeat.

    Nobody is asked any more for what is not answered.
    """
    HOUSEHOLDS.remember(uow, events)
    for event in sorted(events, key=lambda event: event.data.household_code):
        for row in lock_tasks_of(uow, [event.data.household_code]):
            if row["status"] is not TaskStatus.CLOSED:
                _end(uow, row, event)


def _end(uow: UnitOfWork, row: Mapping[str, Any], event: Event[HouseholdEnded]) -> None:
    ended, context = event.data, event.caused()
    begun = row["taken_up"]
    if begun and _was_told(uow, row["id"]):
        return
    if begun:
        cancel_measures(uow, row["id"], row["region_code"], by=SYSTEM.id)
    change = TaskChange.HOUSEHOLD_ENDED if begun else TaskChange.CLOSED
    status = row["status"] if begun else TaskStatus.CLOSED
    note = says("task-of-an-ended-household", on=ended.ended_on, reason=ended.reason)
    after = write_task(uow, row, change, note, status=status)
    if not begun:
        publish_closed(uow, after, TaskEndedBy.CAUSE_GONE, ended.ended_on, context)
    uow.record(
        f"task.{change}",
        row["id"],
        {"household": row["household_code"]},
        before={"status": str(row["status"])},
        after={"status": str(status)},
        reason=ended.reason,
        actor=SYSTEM.id,
        context=context,
    )


def _was_told(uow: UnitOfWork, task_id: UUID) -> bool:
    """Whether the history of a task says that its household is no more: a household ends once."""
    return any(entry["action"] == TaskChange.HOUSEHOLD_ENDED for entry in STEPS.load_one(uow, task_id))
