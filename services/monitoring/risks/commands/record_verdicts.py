"""The verdict of a task 核实结论 is shown on its risk; one of no risk clears it 核实无风险."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.risks import Risk
from services.monitoring.risks.commands.judge import judge_anew
from services.monitoring.risks.commands.publish import publish_risk
from services.monitoring.risks.rules.dismissal import seen_reasons
from services.monitoring.risks.rules.triggers import Trigger
from services.monitoring.risks.store.links import stamp_facts_of
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ClearedBecause, ClueType, RiskStatus
from shared.contracts.assistance import TaskClosed, TaskReopened
from shared.contracts.envelope import Event
from shared.contracts.monitoring import RiskCleared, RiskState, RiskUpdated
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork

_RISKS = table_of(Risk)


def record_task_verdicts(uow: UnitOfWork, events: Sequence[Event[TaskClosed | TaskReopened]]) -> None:
    """Show on each risk what its closed task found, and nothing while the task is open again.

    A visit that found no risk clears it. Reopening the task takes that back, while no later episode is there. Either
    way the household is judged anew: what the visit did not see opens the next episode.

    The newest version of the task has the last word, in whatever order its events come. The households are locked
    before, as everywhere where risks are written.
    """
    for event in events:
        task = event.data
        newest = (_RISKS.c.id == task.risk_id) & (_RISKS.c.task_version <= (task.task_version or 0))
        row = uow.connection.execute(sa.select(_RISKS).where(newest)).mappings().one_or_none()
        if row is not None:
            _record(uow, event, row)


def _record(uow: UnitOfWork, event: Event[TaskClosed | TaskReopened], row: Mapping[Any, Any]) -> None:
    task = event.data
    verdict, by = (task.verdict, task.closed_by) if isinstance(task, TaskClosed) else (None, task.reopened_by)
    version = task.task_version or 0
    shown = {"verdict": verdict, "task_version": version, "updated_at": uow.stamp()}
    _write(uow, row["id"], shown)
    stamp_facts_of(uow, [task.risk_id])
    after = {"verdict": verdict, "by": by, "task_id": str(task.task_id), "task_version": version}
    told, context = {"verdict": verdict}, event.caused()
    uow.record("risk.verdict", task.risk_id, told, after=after, actor="assistance", context=context)
    if isinstance(task, TaskReopened):
        if row["dismissal"] is not None and _is_latest(uow, row):
            _take_back(uow, row, task.reopened_on, _trigger(event))
    elif verdict is TaskVerdict.NO_RISK and row["status"] is RiskStatus.OPEN:
        _dismiss(uow, row, task, _trigger(event))


def _trigger(event: Event[TaskClosed | TaskReopened]) -> Trigger:
    return Trigger(ClueType.VERDICT, event.caused())


def _dismiss(uow: UnitOfWork, row: Mapping[Any, Any], task: TaskClosed, trigger: Trigger) -> None:
    """Clear a risk over the causes that the visit saw. Its keys and causes stay, in case the task is opened again."""
    seen = sorted(seen_reasons(row["keys"], row["causes"], task.seen_causes))
    changed = {
        "status": RiskStatus.CLEARED,
        "cleared_at": uow.now(),
        "cleared_because": ClearedBecause.VERDICT,
        "dismissal": {"on": task.closed_on.isoformat(), "grade": str(task.grade or row["grade"]), "keys": seen},
    }
    _change(uow, RiskCleared, row, changed, task.closed_on, trigger)


def _take_back(uow: UnitOfWork, row: Mapping[Any, Any], on: dt.date, trigger: Trigger) -> None:
    """Open the same episode again, as it was: its task is open."""
    changed = {"status": RiskStatus.OPEN, "cleared_at": None, "cleared_because": None, "dismissal": None}
    _change(uow, RiskUpdated, row, changed, on, trigger)


def _change(
    uow: UnitOfWork,
    event_type: type[RiskState],
    row: Mapping[Any, Any],
    changed: dict[str, Any],
    on: dt.date,
    trigger: Trigger,
) -> None:
    changed |= {"version": row["version"] + 1, "decided_on": max(on, row["decided_on"])}
    event_id = publish_risk(uow, event_type, {**row, **changed}, trigger.clue, trigger.context)
    _write(uow, row["id"], {**changed, "event_id": event_id})
    judge_anew(uow, [row["household_code"]], uow.today(), trigger)


def _is_latest(uow: UnitOfWork, row: Mapping[Any, Any]) -> bool:
    """Whether no later episode is there."""
    of_kind = (_RISKS.c.household_code == row["household_code"]) & (_RISKS.c.kind == row["kind"])
    later = sa.select(_RISKS.c.id).where(of_kind, _RISKS.c.episode > row["episode"])
    return uow.connection.scalar(sa.select(~sa.exists(later))) or False


def _write(uow: UnitOfWork, risk_id: UUID, values: Mapping[str, Any]) -> None:
    uow.connection.execute(sa.update(_RISKS).where(_RISKS.c.id == risk_id).values(**values))
