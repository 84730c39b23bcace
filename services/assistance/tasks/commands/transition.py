"""The steps that people take with a task 任务流转."""

from typing import Any
from uuid import UUID

from services.assistance.known_households.store import load_region
from services.assistance.measures.commands.cancel import cancel_measures
from services.assistance.models import Task
from services.assistance.tasks.commands.publish import publish_closed, publish_reopened
from services.assistance.tasks.procedure import TRANSITIONS
from services.assistance.tasks.schemas import TaskOut, TransitionIn
from services.assistance.tasks.store import STEPS, lock_task, show_tasks, step_details
from shared.codes.assistance import TaskAction, TaskEndedBy, TaskReopenedBy, TaskVerdict
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
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
    verdict = _verdict_after(task.verdict, body)
    asked = Asked(
        action=body.action,
        region_code=task.region_code,
        caller=Caller.of(uow.actor, task.region_code),
        note=body.note,
        details=step_details(verdict),
        at=uow.now(),
        logged={"household": task.household_code},
    )
    _TAKER.take(uow, task, asked, lambda: _follow(uow, task, body.action, verdict))
    return show_tasks(uow, [task.model_dump()])[0]


def _verdict_after(verdict: TaskVerdict | None, body: TransitionIn) -> TaskVerdict | None:
    match body.action:
        case TaskAction.VERIFY:
            return body.verdict
        case TaskAction.REOPEN:
            return None
    return verdict


def _follow(uow: UnitOfWork, task: Task, action: TaskAction, verdict: TaskVerdict | None) -> None:
    """What comes with the new status."""
    task.verdict, task.taken_up = verdict, True
    match action:
        case TaskAction.VERIFY:
            task.seen_causes = task.causes
        case TaskAction.REOPEN:
            task.seen_causes = []
            task.region_code = load_region(uow, task.household_code, task.region_code)
            publish_reopened(uow, task.model_dump(), TaskReopenedBy.PERSON, uow.today(), uow.context)
        case TaskAction.CLOSE:
            publish_closed(uow, task.model_dump(), TaskEndedBy.PERSON, uow.today(), uow.context)
            cancel_measures(uow, task.id, task.region_code, by=uow.actor.id)


def _audit_view(task: Task) -> dict[str, Any]:
    return {"status": task.status, "verdict": task.verdict, "version": task.version}


_TAKER = Taker(TRANSITIONS, STEPS, _audit_view)
