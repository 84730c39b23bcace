"""The verdict of a task 核实结论 is shown on its risk."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.models.risks import Risk
from services.monitoring.risks.store.links import stamp_facts_of
from shared.contracts.assistance import TaskClosed, TaskReopened
from shared.contracts.envelope import Event
from shared.db.unit_of_work import UnitOfWork


def record_task_verdicts(uow: UnitOfWork, events: Sequence[Event[TaskClosed | TaskReopened]]) -> None:
    """Show on each risk what its closed task found, and nothing while the task is open again.

    The newest version of the task has the last word, in whatever order its events come. The households are locked
    before, as everywhere where risks are written.
    """
    for event in events:
        task = event.data
        verdict, by = (task.verdict, task.closed_by) if isinstance(task, TaskClosed) else (None, task.reopened_by)
        version = task.task_version or 0
        newest = (col(Risk.id) == task.risk_id) & (col(Risk.task_version) <= version)
        shown = {"verdict": verdict, "task_version": version, "updated_at": uow.stamp()}
        if uow.connection.execute(sa.update(Risk).where(newest).values(shown)).rowcount:
            stamp_facts_of(uow, [task.risk_id])
            after = {"verdict": verdict, "by": by, "task_id": str(task.task_id), "task_version": version}
            told, context = {"verdict": verdict}, event.caused()
            uow.record("risk.verdict", task.risk_id, told, after=after, actor="assistance", context=context)
