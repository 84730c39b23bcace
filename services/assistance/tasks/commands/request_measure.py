"""Help asked for on a task 申请帮扶措施."""

from uuid import UUID

from services.assistance.measures.commands.publish import publish_requested
from services.assistance.measures.commands.request import enter_measure
from services.assistance.measures.schemas import MeasureIn, MeasureOut
from services.assistance.tasks.errors import TaskIsClosed
from services.assistance.tasks.store import STEPS, lock_tasks_beside, task_step
from shared.codes.assistance import MeasureKind, TaskChange, TaskStatus
from shared.db.unit_of_work import UnitOfWork
from shared.words.said import says


def request_measure(uow: UnitOfWork, task_id: UUID, body: MeasureIn) -> MeasureOut:
    """Ask for help on a task 申请帮扶措施. That is work begun, and it belongs to the chain of the task.

    Raises:
        TaskNotFound: there is no such task within the caller's region.
        TaskIsClosed: nothing is asked for on it any more.
        AlreadyRequested: the same is asked for the household, on this task or another, and not answered.
    """
    task = lock_tasks_beside(uow, task_id)
    if task.status is TaskStatus.CLOSED:
        raise TaskIsClosed(says("closed-task-asks-for-nothing"))
    row = enter_measure(uow, task, body)
    task.taken_up = True
    task.version += 1
    task.updated_at = uow.stamp()
    shown, note = task.model_dump(), says("about-a-measure", kind=body.kind)
    STEPS.write(uow, [task_step(shown, row["requested_at"], TaskChange.MEASURE_REQUESTED, uow.actor.id, note)])
    measure_id, context = str(row["id"]), uow.context.in_chain(task.correlation_id)
    if body.kind is not MeasureKind.TRANSFER:
        publish_requested(uow, row, task.region_code, uow.today())
    after = {"task_id": str(task_id), "kind": str(body.kind), "status": str(row["status"]), "version": task.version}
    uow.audit("measure.requested", measure_id, after=after)
    uow.log_after_commit(
        "measure.requested", context=context, measure_id=measure_id, household=task.household_code, kind=body.kind
    )
    return MeasureOut.of(row)
