"""The steps that people take with a task 任务流转."""

from typing import Any
from uuid import UUID

from services.assistance.known_households.store import load_region
from services.assistance.measures.commands.cancel import cancel_measures
from services.assistance.measures.store import load_measures
from services.assistance.models import Task
from services.assistance.tasks.commands.publish import publish_closed, publish_reopened
from services.assistance.tasks.procedure import TRANSITIONS
from services.assistance.tasks.schemas import TaskOut, TransitionIn
from services.assistance.tasks.store import history_entry, lock_task
from shared.codes.assistance import TaskAction, TaskEndedBy, TaskReopenedBy, TaskVerdict
from shared.db.unit_of_work import UnitOfWork
from shared.versions import ExpectedVersion, demand_version


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
    task = lock_task(uow, task_id)
    demand_version(expected, task.version)
    status = TRANSITIONS.take(task.status, body.action)
    before = _audit_view(task)
    task.status, task.verdict, task.taken_up = status, _verdict_after(task.verdict, body), True
    task.version += 1
    entry = history_entry(uow.now().isoformat(), body.action, uow.actor.id, status, body.note, task.verdict)
    task.history = [*task.history, entry]
    if body.action is TaskAction.VERIFY:
        task.seen_causes = task.causes
    if body.action is TaskAction.REOPEN:
        task.seen_causes = []
        task.region_code = load_region(uow, task.household_code, task.region_code)
        publish_reopened(uow, task.model_dump(), TaskReopenedBy.PERSON, uow.today(), uow.context)
    if body.action is TaskAction.CLOSE:
        publish_closed(uow, task.model_dump(), TaskEndedBy.PERSON, uow.today(), uow.context)
        cancel_measures(uow, task.id, task.region_code, by=uow.actor.id)
    task.updated_at = uow.stamp()
    uow.audit(f"task.{body.action}", str(task_id), before=before, after=_audit_view(task))
    uow.note("task.transition", task_id=str(task_id), household=task.household_code, action=body.action, status=status)
    return TaskOut.of(task.model_dump(), load_measures(uow, [task_id])[task_id])


def _verdict_after(verdict: TaskVerdict | None, body: TransitionIn) -> TaskVerdict | None:
    match body.action:
        case TaskAction.VERIFY:
            return body.verdict
        case TaskAction.REOPEN:
            return None
    return verdict


def _audit_view(task: Task) -> dict[str, Any]:
    return {"status": task.status, "verdict": task.verdict, "version": task.version}
