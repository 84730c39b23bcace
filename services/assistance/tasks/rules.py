"""By when a task is due, and what a risk event means for it. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from shared.codes.assistance import TaskChange, TaskStatus, TaskVerdict
from shared.codes.monitoring import RiskGrade, RiskStatus
from shared.contracts.monitoring import RiskState
from shared.policy.parameters import ParameterValue
from shared.workdays import Deadline, WorkdayCalendar

JUDGED: Final = frozenset({TaskStatus.VERIFIED, TaskStatus.CLOSED})
"""Where a task stands that a person has judged: nobody looks at what comes in, unless the task comes back."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """What decisions about a task rest on."""

    status: TaskStatus
    grade: RiskGrade
    verdict: TaskVerdict | None
    taken_up: bool
    """Whether a person acted on it since it opened."""
    due: Deadline | None
    risk_status: RiskStatus
    risk_version: int
    causes: frozenset[str] = frozenset()
    """The causes of the risk in that state."""
    seen: frozenset[str] = frozenset()
    """The causes that the verdict saw; none while there is no verdict."""

    @property
    def judged(self) -> bool:
        """Whether a person gave a verdict that stands."""
        return self.taken_up and self.status in JUDGED

    @property
    def dismissed(self) -> bool:
        """Whether a person closed it because there is no risk: whatever comes later is another episode."""
        return self.status is TaskStatus.CLOSED and self.verdict is TaskVerdict.NO_RISK


@dataclass(frozen=True, slots=True)
class TaskDecision:
    """What becomes of a task, and why its history will say so."""

    change: TaskChange
    after: TaskState


def deadline(
    decided_on: date, grade: RiskGrade, workdays: ParameterValue | None, calendar: WorkdayCalendar
) -> Deadline | None:
    """The day a task is due 办理时限: so many working days after the decision about its risk.

    Counted from the decision and not from today, so that a repeat gives the same day. None where the policy has no
    number for the grade. A grade of a later release is as urgent as any: it has the shortest time that there is.
    """
    if workdays is None:
        return None
    days = workdays.value.get(grade.value) if grade.is_known else min(workdays.value.values(), default=None)
    return None if days is None else calendar.add_workdays(decided_on, days)


def next_state(task: TaskState | None, risk: RiskState, due: Deadline | None) -> TaskDecision | None:
    """What a state of the risk means for its task; None where a newer state was seen before.

    The newest state alone decides whether the task is open and how urgent it is, so that events may come twice and in
    any order. ``due`` is the deadline that would follow from this state.
    """
    if task is None:
        return _first(risk, due)
    if risk.version <= task.risk_version:
        return None
    now = replace(
        task,
        grade=risk.grade,
        risk_status=risk.status,
        risk_version=risk.version,
        causes=frozenset(risk.causes),
    )
    return _follow(task, now, due)


def _follow(task: TaskState, now: TaskState, due: Deadline | None) -> TaskDecision:
    if task.dismissed:
        return TaskDecision(TaskChange.UPDATED, now)
    if now.risk_status is RiskStatus.CLEARED:
        return _cause_gone(now)
    if task.judged:
        return _judged(task, now, due)
    if task.status is TaskStatus.CLOSED:
        return TaskDecision(TaskChange.OPENED, replace(now, status=TaskStatus.OPEN, due=due))
    return TaskDecision(TaskChange.UPDATED, replace(now, due=_earlier(task.due, due)))


def _first(risk: RiskState, due: Deadline | None) -> TaskDecision:
    """A task is made even for a cause already gone, closed: what comes late finds it and opens nothing."""
    gone = risk.status is RiskStatus.CLEARED
    change, status = (TaskChange.CLOSED, TaskStatus.CLOSED) if gone else (TaskChange.OPENED, TaskStatus.OPEN)
    causes = frozenset(risk.causes)
    return TaskDecision(change, TaskState(status, risk.grade, None, False, due, risk.status, risk.version, causes))


def _cause_gone(now: TaskState) -> TaskDecision:
    """Nobody began: it closes itself. Otherwise whoever has it decides."""
    if now.taken_up:
        return TaskDecision(TaskChange.CAUSE_GONE, now)
    change = TaskChange.UPDATED if now.status is TaskStatus.CLOSED else TaskChange.CLOSED
    return TaskDecision(change, replace(now, status=TaskStatus.CLOSED))


def _judged(task: TaskState, now: TaskState, due: Deadline | None) -> TaskDecision:
    """A verdict holds for the causes it saw and the urgency it was given for; otherwise the task comes back.

    One that is not closed yet is still in somebody's hand: it does not close itself afterwards.
    """
    change = TaskChange.NEW_CAUSE if now.causes - task.seen else TaskChange.ESCALATED
    if change is TaskChange.ESCALATED and now.grade.urgency <= task.grade.urgency:
        closed = task.status is TaskStatus.CLOSED
        return TaskDecision(TaskChange.UPDATED, now if closed else replace(now, due=_earlier(task.due, due)))
    in_hand = task.status is not TaskStatus.CLOSED
    back = replace(now, status=TaskStatus.OPEN, verdict=None, seen=frozenset(), taken_up=in_hand, due=due)
    return TaskDecision(change, back)


def _earlier(promised: Deadline | None, due: Deadline | None) -> Deadline | None:
    """What was promised never moves later."""
    if promised is None or due is None:
        return promised or due
    return due if due.due_on < promised.due_on else promised
