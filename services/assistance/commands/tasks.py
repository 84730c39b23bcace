"""Tasks: opened, changed and closed as their risks change, and worked on by people."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from services.assistance.commands.history import history_entry, hold_task
from services.assistance.commands.measures import cancel_measures, measures_of
from services.assistance.models import Task
from services.assistance.rules import (
    DEADLINE_WORKDAYS,
    TRANSITIONS,
    TaskChange,
    TaskDecision,
    TaskState,
    deadline,
    next_state,
)
from services.assistance.schemas import TaskOut, TransitionIn
from shared.context import Context
from shared.contracts.assistance import TaskClosed, TaskOpened
from shared.contracts.codes import RiskGrade, TaskAction, TaskVerdict
from shared.contracts.envelope import Event
from shared.contracts.monitoring import RiskState
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import derived_id
from shared.security.actor import SYSTEM
from shared.workdays import Deadline, WorkdayCalendar

_CHANGING = (
    "region_code",
    "grade",
    "status",
    "taken_up",
    "verdict",
    "due_on",
    "due_provisional",
    "risk_status",
    "risk_version",
    "decided_on",
    "version",
    "history",
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
    desk = _Desk(uow, _load_tasks(uow, set(ids)))
    for event, task_id in zip(events, ids, strict=True):
        desk.take(event, task_id)
    desk.store()


def transition_task(uow: UnitOfWork, task_id: UUID, body: TransitionIn) -> TaskOut:
    """Let the caller act on a task 任务流转. Verifying records the verdict, reopening takes it back.

    Closing ends what the task asked for. A task that closes itself asked for nothing: asking is work begun.
    """
    task = hold_task(uow, task_id)
    status = TRANSITIONS.take(task.status, body.action)
    before = _standing(task)
    task.status, task.verdict, task.taken_up = status, _verdict_after(task.verdict, body), True
    task.version += 1
    entry = history_entry(uow.now().isoformat(), body.action, uow.actor.id, status, body.note, task.verdict)
    task.history = [*task.history, entry]
    if body.action is TaskAction.CLOSE:
        _tell_closed(uow, task.model_dump(), "person", uow.today(), uow.context)
        cancel_measures(uow, task)
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
        due=None if due_on is None else Deadline(due_on, row["due_provisional"]),
        risk_status=row["risk_status"],
        risk_version=row["risk_version"],
    )


class _Deadlines:
    """Deadlines by region of a pack, day and grade, each counted once for all the events of a command."""

    def __init__(self, reading: Reading) -> None:
        self._policy = reading.policy
        self._calendar = WorkdayCalendar(reading.policy.workday_overrides())
        self._counted: dict[tuple[str, dt.date, RiskGrade], Deadline | None] = {}

    def of(self, risk: RiskState) -> Deadline | None:
        """When a task would be due by this state of its risk; None where the policy does not say."""
        view = self._policy.at(risk.region_code, risk.decided_on)
        key = (view.region, risk.decided_on, risk.grade)
        if key not in self._counted:
            workdays = view.find(DEADLINE_WORKDAYS)
            self._counted[key] = deadline(risk.decided_on, risk.grade, workdays, self._calendar)
        return self._counted[key]


class _Desk:
    """Takes the events of one command in order and gathers what has to be written."""

    def __init__(self, uow: UnitOfWork, held: dict[UUID, _Held]) -> None:
        self._uow = uow
        self._held = held
        self._deadlines = _Deadlines(uow)
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
        held.state, held.changed = decision.after, True
        held.row |= _columns(decision.after, risk)
        held.row["version"] += 1
        after = decision.after
        note = _note_of(risk, after)
        entry = history_entry(self._at, decision.change, SYSTEM.id, after.status, note, after.verdict, risk.clue)
        held.row["history"] = [*held.row["history"], entry]
        self._tell(decision, held.row, event)

    def store(self) -> None:
        """Write the tasks that are new and those that changed."""
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
            _tell_opened(self._uow, row, context)
        elif decision.change is TaskChange.CLOSED:
            _tell_closed(self._uow, row, "cause_gone", risk.decided_on, context)
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
    return {
        "region_code": risk.region_code,
        "grade": state.grade,
        "status": state.status,
        "taken_up": state.taken_up,
        "verdict": state.verdict,
        "due_on": state.due.due_on if state.due else None,
        "due_provisional": state.due.provisional if state.due else True,
        "risk_status": state.risk_status,
        "risk_version": state.risk_version,
        "decided_on": risk.decided_on,
    }


def _note_of(risk: RiskState, state: TaskState) -> str:
    """Grade and rules of the risk, and why there is no due date where there is none."""
    said = f"{risk.grade}: {', '.join(risk.rules)}" if risk.rules else str(risk.grade)
    if state.due is not None:
        return said
    return f"{said}; no value of {DEADLINE_WORKDAYS} for {risk.region_code} on {risk.decided_on}"


def _tell_opened(uow: UnitOfWork, row: Mapping[str, Any], context: Context) -> None:
    opened = TaskOpened(
        **_episode_of(row), grade=row["grade"], due_on=row["due_on"], due_provisional=row["due_provisional"]
    )
    uow.emit(opened, region=opened.region_code, context=context)


def _tell_closed(
    uow: UnitOfWork,
    row: Mapping[str, Any],
    closed_by: Literal["person", "cause_gone"],
    closed_on: dt.date,
    context: Context,
) -> None:
    closed = TaskClosed(**_episode_of(row), verdict=row["verdict"], closed_by=closed_by, closed_on=closed_on)
    uow.emit(closed, region=closed.region_code, context=context)


def _episode_of(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("risk_id", "household_code", "region_code", "kind", "episode")
    return {"task_id": row["id"], **{name: row[name] for name in names}}
