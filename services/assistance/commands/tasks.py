"""Tasks: opened, changed and closed as their risks change, and worked on by people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assistance.commands.deadlines import Deadlines
from services.assistance.commands.history import history_entry, hold_task
from services.assistance.commands.households import home_of
from services.assistance.commands.measures import cancel_measures, measures_of
from services.assistance.commands.telling import tell_closed, tell_opened, tell_reopened
from services.assistance.models import HOUSEHOLDS, Task
from services.assistance.rules import (
    DEADLINE_WORKDAYS,
    TRANSITIONS,
    TaskChange,
    TaskDecision,
    TaskState,
    next_state,
)
from services.assistance.schemas import TaskOut, TransitionIn
from shared.contracts.codes import TaskAction, TaskVerdict
from shared.contracts.envelope import Event
from shared.contracts.monitoring import RiskState
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import derived_id
from shared.security.actor import SYSTEM
from shared.versions import ExpectedVersion, demand_version
from shared.workdays import Deadline

_CHANGING = (
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
    "history",
    "updated_at",
)
"""Columns that a risk event may change; the others say which task it is."""
_TASKS = table_of(Task)
_HELD = sa.select(_TASKS).where(is_one_of(_TASKS.c.id, "ids")).order_by(_TASKS.c.id).with_for_update()
_CHANGED = sa.update(_TASKS).where(_TASKS.c.id == sa.bindparam("of_task"))


def apply_risk_events(uow: UnitOfWork, events: Sequence[Event[RiskState]]) -> None:
    """Bring the tasks of these risks to the newest state seen, once for all of them and in the order given.

    Safe to repeat and to deliver in any order: every episode has one task, and an older state never wins.
    """
    ids = [_task_id(event.data) for event in events]
    homes = HOUSEHOLDS.find_anywhere(uow, {event.data.household_code for event in events})
    regions = {code: home.region_code for code, home in homes.items()}
    desk = _Desk(uow, _load_tasks(uow, set(ids)), regions)
    for event, task_id in zip(events, ids, strict=True):
        desk.take(event, task_id)
    desk.store()


def transition_task(
    uow: UnitOfWork, task_id: UUID, body: TransitionIn, expected: ExpectedVersion | None = None
) -> TaskOut:
    """Let the caller act on a task 任务流转. Verifying records the verdict and what it saw; reopening takes it back.

    Closing ends what the task asked for. A task that closes itself asked for nothing: asking is work begun. A task
    that is open again belongs to where its household lives now.

    Raises:
        TaskNotFound: there is no such task within the caller's region.
        VersionChanged: the task is not as the caller saw it.
        TransitionNotAllowed: it does not stand where the action begins.
    """
    task = hold_task(uow, task_id)
    demand_version(expected, task.version)
    status = TRANSITIONS.take(task.status, body.action)
    before = _standing(task)
    task.status, task.verdict, task.taken_up = status, _verdict_after(task.verdict, body), True
    task.version += 1
    entry = history_entry(uow.now().isoformat(), body.action, uow.actor.id, status, body.note, task.verdict)
    task.history = [*task.history, entry]
    if body.action is TaskAction.VERIFY:
        task.seen_causes = task.causes
    if body.action is TaskAction.REOPEN:
        task.seen_causes = []
        task.region_code = home_of(uow, task.household_code, task.region_code)
        tell_reopened(uow, task.model_dump(), "person", uow.today(), uow.context)
    if body.action is TaskAction.CLOSE:
        tell_closed(uow, task.model_dump(), "person", uow.today(), uow.context)
        cancel_measures(uow, task.id, task.region_code, by=uow.actor.id)
    task.updated_at = uow.stamp()
    uow.audit(f"task.{body.action}", str(task_id), before=before, after=_standing(task))
    uow.note("task.transition", task_id=str(task_id), household=task.household_code, action=body.action, status=status)
    return TaskOut.model_validate({**task.model_dump(), "measures": measures_of(uow, [task_id])[task_id]})


def _verdict_after(verdict: TaskVerdict | None, body: TransitionIn) -> TaskVerdict | None:
    match body.action:
        case TaskAction.VERIFY:
            return body.verdict
        case TaskAction.REOPEN:
            return None
    return verdict


def _standing(task: Task) -> dict[str, Any]:
    return {"status": task.status, "verdict": task.verdict, "version": task.version}


def _task_id(risk: RiskState) -> UUID:
    return derived_id("task", risk.household_code, str(risk.kind), risk.episode)


@dataclass(slots=True)
class _Held:
    """A task in hand: its row as it will be written, and what decisions about it rest on."""

    row: dict[str, Any]
    state: TaskState
    is_new: bool
    changed: bool


def _load_tasks(reading: Reading, ids: Collection[UUID]) -> dict[UUID, _Held]:
    """The tasks that exist, locked in the order of their ids so that writers never cross."""
    rows = reading.connection.execute(_HELD, {"ids": list(ids)}).mappings()
    return {row["id"]: _Held(dict(row), _state_of(row), is_new=False, changed=False) for row in rows}


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


class _Desk:
    """Takes the events of one command in order and gathers what has to be written."""

    def __init__(self, uow: UnitOfWork, held: dict[UUID, _Held], regions: Mapping[str, str]) -> None:
        self._uow = uow
        self._held = held
        self._regions = regions
        """Where the households live now, as far as this house has heard."""
        self._deadlines = Deadlines(uow)
        self._now = uow.now()
        self._at = self._now.isoformat()

    def take(self, event: Event[RiskState], task_id: UUID) -> None:
        """Decide what one event does to its task, and tell of it."""
        risk, held = event.data, self._held.get(task_id)
        decision = next_state(held.state if held else None, risk, self._deadlines.of(risk))
        if decision is None:
            return
        if held is None:
            held = self._held[task_id] = _Held(
                self._new_row(task_id, event), decision.after, is_new=True, changed=False
            )
        fresh = decision.after.causes - held.state.seen if decision.change is TaskChange.NEW_CAUSE else ()
        held.state, held.changed = decision.after, True
        held.row |= _columns(decision.after, risk)
        held.row["region_code"] = self._regions.get(risk.household_code, risk.region_code)
        held.row["version"] += 1
        after = decision.after
        note = _note_of(risk, after) + (f"; new causes: {len(fresh)}" if fresh else "")
        entry = history_entry(self._at, decision.change, SYSTEM.id, after.status, note, after.verdict, risk.clue)
        held.row["history"] = [*held.row["history"], entry]
        self._tell(decision, held.row, event)

    def store(self) -> None:
        """Write the tasks that are new and those that changed."""
        for held in self._held.values():
            if held.changed:
                held.row["updated_at"] = self._uow.stamp()
        new = [held.row for held in self._held.values() if held.is_new]
        changed = [held.row for held in self._held.values() if held.changed and not held.is_new]
        insert_rows(self._uow.connection, _TASKS, new)
        rows = [{"of_task": row["id"], **{name: row[name] for name in _CHANGING}} for row in changed]
        execute_rows(self._uow.connection, _CHANGED, rows)

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
            "history": [],
            "correlation_id": event.context.correlation_id,
        }

    def _tell(self, decision: TaskDecision, row: Mapping[str, Any], event: Event[RiskState]) -> None:
        context, risk = event.caused(), event.data
        if decision.change is TaskChange.OPENED:
            tell_opened(self._uow, row, context)
        elif decision.change is TaskChange.CLOSED:
            tell_closed(self._uow, row, "cause_gone", risk.decided_on, context)
        elif decision.change is TaskChange.NEW_CAUSE:
            tell_reopened(self._uow, row, "new_cause", risk.decided_on, context)
        elif decision.change is TaskChange.ESCALATED:
            tell_reopened(self._uow, row, "escalation", risk.decided_on, context)
        action, task_id = f"task.{decision.change}", str(row["id"])
        status, grade = str(row["status"]), str(row["grade"])
        after = {
            "status": status,
            "grade": grade,
            "due_on": row["due_on"] and row["due_on"].isoformat(),
            "risk_status": str(row["risk_status"]),
            "risk_version": row["risk_version"],
            "version": row["version"],
        }
        self._uow.audit(action, task_id, after=after, actor=SYSTEM.id, context=context)
        self._uow.note(
            action,
            context=context,
            task_id=task_id,
            household=risk.household_code,
            kind=str(risk.kind),
            grade=grade,
            episode=risk.episode,
            status=status,
        )


def _columns(state: TaskState, risk: RiskState) -> dict[str, Any]:
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


def _note_of(risk: RiskState, state: TaskState) -> str:
    """Grade and rules of the risk, and why there is no due date where there is none."""
    said = f"{risk.grade}: {', '.join(risk.rules)}" if risk.rules else str(risk.grade)
    if state.due is not None:
        return said
    return f"{said}; no value of {DEADLINE_WORKDAYS} for {risk.region_code} on {risk.decided_on}"
