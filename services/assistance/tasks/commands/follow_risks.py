"""Tasks opened, changed and closed as their risks change."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assistance.known_households.store import HOUSEHOLDS
from services.assistance.models import Task
from services.assistance.tasks.commands.deadlines import Deadlines
from services.assistance.tasks.commands.publish import publish_closed, publish_opened, publish_reopened
from services.assistance.tasks.procedure import DEADLINE_WORKDAYS
from services.assistance.tasks.rules import TaskDecision, TaskState, next_state
from services.assistance.tasks.store import STEPS, task_step
from shared.codes.assistance import TaskChange, TaskEndedBy, TaskReopenedBy
from shared.contracts.envelope import Event
from shared.contracts.monitoring import RiskState
from shared.db.base import table_of
from shared.db.rows import insert_rows, read_tuples, update_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.procedures.rows import Taken
from shared.security.actor import SYSTEM
from shared.words.said import Said, says
from shared.workdays import Deadline

_CHANGING_COLUMNS = (
    "region_code",
    "grade",
    "status",
    "taken_up",
    "verdict",
    "due_on",
    "due_provisional",
    "due_from",
    "due_workdays",
    "risk_status",
    "risk_version",
    "decided_on",
    "causes",
    "seen_causes",
    "version",
    "updated_at",
)
"""Columns that a risk event may change; the others say which task it is."""
_changing = itemgetter(*_CHANGING_COLUMNS)
_TASKS = table_of(Task)
_SELECT_TASKS_FOR_UPDATE = (
    sa.select(_TASKS).where(is_one_of(_TASKS.c.id, "ids")).order_by(_TASKS.c.id).with_for_update()
)


def apply_risk_events(uow: UnitOfWork, events: Sequence[Event[RiskState]]) -> None:
    """Bring the tasks of these risks to the newest state seen, once for all of them and in the order given.

    Safe to repeat and to deliver in any order: every episode has one task, and an older state never wins.
    """
    ids = [_task_id(event.data) for event in events]
    homes = HOUSEHOLDS.find_anywhere(uow, {event.data.household_code for event in events})
    regions = {code: home.region_code for code, home in homes.items()}
    batch = RiskBatch(uow, _lock_tasks(uow, set(ids)), regions)
    for event, task_id in zip(events, ids, strict=True):
        batch.apply(event, task_id)
    batch.write()


def _task_id(risk: RiskState) -> UUID:
    return derived_id("task", risk.household_code, str(risk.kind), risk.episode)


@dataclass(slots=True)
class _LockedTask:
    """A task that is locked: its row as it will be written, and what decisions about it rest on."""

    row: dict[str, Any]
    state: TaskState
    is_new: bool
    changed: bool


def _lock_tasks(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, _LockedTask]:
    """The tasks that exist, locked in the order of their ids so that writers never cross."""
    columns = _TASKS.c.keys()
    rows = read_tuples(uow.connection, _SELECT_TASKS_FOR_UPDATE, {"ids": list(ids)})
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    return {row["id"]: _LockedTask(row, _state_of(row), is_new=False, changed=False) for row in found}


def _state_of(row: Mapping[Any, Any]) -> TaskState:
    due_on = row["due_on"]
    return TaskState(
        status=row["status"],
        grade=row["grade"],
        verdict=row["verdict"],
        taken_up=row["taken_up"],
        due=None if due_on is None else Deadline(due_on, row["due_provisional"], row["due_from"], row["due_workdays"]),
        risk_status=row["risk_status"],
        risk_version=row["risk_version"],
        causes=frozenset(row["causes"]),
        seen=frozenset(row["seen_causes"]),
    )


class RiskBatch:
    """Risk events applied in order to their tasks, which are locked; gathers what has to be written."""

    def __init__(self, uow: UnitOfWork, locked: dict[UUID, _LockedTask], regions: Mapping[str, str]) -> None:
        self._uow = uow
        self._locked = locked
        self._regions = regions
        """Where the households live now, as far as this house has heard."""
        self._deadlines = Deadlines(uow)
        self._now = uow.now()
        self._taken: list[Taken] = []

    def apply(self, event: Event[RiskState], task_id: UUID) -> None:
        """Decide what one event does to its task, and publish that."""
        risk, task = event.data, self._locked.get(task_id)
        decision = next_state(task.state if task else None, risk, self._deadlines.of(risk))
        if decision is None:
            return
        if task is None:
            task = self._locked[task_id] = _LockedTask(
                self._new_row(task_id, event), decision.after, is_new=True, changed=False
            )
        fresh = decision.after.causes - task.state.seen if decision.change is TaskChange.NEW_CAUSE else ()
        task.state, task.changed = decision.after, True
        task.row |= _columns_of(decision.after, risk)
        task.row["region_code"] = self._regions.get(risk.household_code, risk.region_code)
        task.row["version"] += 1
        note = _note(risk, decision.after, len(fresh))
        self._taken.append(task_step(task.row, self._now, decision.change, SYSTEM.id, note, risk.clue))
        self._publish(decision, task.row, event)

    def write(self) -> None:
        """Write the tasks that are new, those that changed, and what their histories tell of it."""
        for task in self._locked.values():
            if task.changed:
                task.row["updated_at"] = self._uow.stamp()
        new = [task.row for task in self._locked.values() if task.is_new]
        changed = [task.row for task in self._locked.values() if task.changed and not task.is_new]
        insert_rows(self._uow.connection, _TASKS, new)
        rows = [(*_changing(row), row["id"]) for row in changed]
        update_tuples(self._uow.connection, _TASKS, "id", _CHANGING_COLUMNS, rows)
        STEPS.write(self._uow, self._taken)

    def _new_row(self, task_id: UUID, event: Event[RiskState]) -> dict[str, Any]:
        risk = event.data
        return {
            "id": task_id,
            "household_code": risk.household_code,
            "kind": risk.kind,
            "episode": risk.episode,
            "risk_id": risk.risk_id,
            "opened_at": self._now,
            "version": 0,
            "overdue_of": None,
            "correlation_id": event.context.correlation_id,
        }

    def _publish(self, decision: TaskDecision, row: Mapping[str, Any], event: Event[RiskState]) -> None:
        context, risk = event.caused(), event.data
        if decision.change is TaskChange.OPENED:
            publish_opened(self._uow, row, context)
        elif decision.change is TaskChange.CLOSED:
            publish_closed(self._uow, row, TaskEndedBy.CAUSE_GONE, risk.decided_on, context)
        elif decision.change is TaskChange.NEW_CAUSE:
            publish_reopened(self._uow, row, TaskReopenedBy.NEW_CAUSE, risk.decided_on, context)
        elif decision.change is TaskChange.ESCALATED:
            publish_reopened(self._uow, row, TaskReopenedBy.ESCALATION, risk.decided_on, context)
        status, grade = str(row["status"]), str(row["grade"])
        after = {
            "status": status,
            "grade": grade,
            "due_on": row["due_on"] and row["due_on"].isoformat(),
            "risk_status": str(row["risk_status"]),
            "risk_version": row["risk_version"],
            "version": row["version"],
        }
        told = {"household": risk.household_code, "kind": str(risk.kind), "grade": grade, "episode": risk.episode}
        told["status"] = status
        self._uow.record(f"task.{decision.change}", row["id"], told, after=after, actor=SYSTEM.id, context=context)


def _columns_of(state: TaskState, risk: RiskState) -> dict[str, Any]:
    due = state.due
    return {
        "grade": state.grade,
        "status": state.status,
        "taken_up": state.taken_up,
        "verdict": state.verdict,
        "due_on": due.due_on if due else None,
        "due_provisional": due.provisional if due else True,
        "due_from": due.counted_from if due else None,
        "due_workdays": due.workdays if due else None,
        "risk_status": state.risk_status,
        "risk_version": state.risk_version,
        "decided_on": risk.decided_on,
        "causes": sorted(state.causes),
        "seen_causes": sorted(state.seen),
    }


def _note(risk: RiskState, state: TaskState, fresh: int) -> Said:
    """What the history says: why there is no due date where there is none, and how many causes the verdict lacked."""
    said = _of_risk(risk)
    if state.due is None:
        lacking = {"parameter": DEADLINE_WORKDAYS, "region": risk.region_code, "on": risk.decided_on}
        said = says("risk-without-a-deadline", risk=said, **lacking)
    return says("risk-of-new-causes", risk=said, causes=fresh) if fresh else said


def _of_risk(risk: RiskState) -> Said:
    """Grade and rules of the risk."""
    if risk.rules:
        return says("risk-by-its-rules", grade=risk.grade, rules=risk.rules)
    return says("risk-by-its-grade", grade=risk.grade)
