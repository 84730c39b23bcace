"""Routes of tasks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.assistance.measures.errors import AlreadyRequested
from services.assistance.measures.schemas import MeasureIn, MeasureOut
from services.assistance.tasks import queries
from services.assistance.tasks.commands.request_measure import request_measure
from services.assistance.tasks.commands.transition import transition_task
from services.assistance.tasks.errors import TaskIsClosed, TaskNotFound
from services.assistance.tasks.procedure import TRANSITIONS
from services.assistance.tasks.schemas import TaskOut, TransitionIn
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.lists.page import Page
from shared.procedures.drawing import describe
from shared.procedures.errors import TransitionNotAllowed
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(prefix="/tasks")
TASKS, MEASURES = "tasks 帮扶任务", "measures 帮扶措施"
READ, WRITE = "assistance:read", "assistance:write"


@router.get(
    "",
    tags=[TASKS],
    operation_id="listTasks",
    summary="Tasks of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[TaskOut],
)
async def list_tasks(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.TaskList, Query()],
) -> Page[TaskOut] | Response:
    """Filter by household, region, status, kind, by being overdue, or by what changed since a moment.

    With `updated_after` the longest unchanged come first: whoever asks on with the latest `updated_at` misses nothing.
    """
    return await call.page(queries.tasks, asked)


@router.get(
    "/{task_id}",
    tags=[TASKS],
    operation_id="getTask",
    summary="A task with its history",
    responses=responses(TaskNotFound),
)
async def get_task(task_id: UUID, call: Annotated[Call, calling(READ)], response: Response) -> TaskOut:
    """What opened it, who did what, and what the visit found. `ETag` is its version, for `If-Match`."""
    found = await call.query(queries.versioned_task, task_id)
    tag(response, found.version)
    return found.task


@router.post(
    "/{task_id}/transitions",
    tags=[TASKS],
    operation_id="takeTaskStep",
    summary="Act on a task: accept, start, verify, close or reopen it",
    description=describe(
        TRANSITIONS, "409 tells in `allowed_actions` what may be done instead; 412 that the task is not as you saw it."
    ),
    response_model=TaskOut,
    responses=responses(TaskNotFound, TransitionNotAllowed, VersionChanged),
)
async def post_transition(
    task_id: UUID,
    body: TransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    if_match: IfMatch,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_task, task_id, body, if_match)


@router.post(
    "/{task_id}/measures",
    tags=[MEASURES],
    operation_id="requestMeasure",
    summary="Ask for help that a task needs",
    status_code=201,
    response_model=MeasureOut,
    responses=responses(TaskNotFound, TaskIsClosed, AlreadyRequested),
)
async def post_measure(
    task_id: UUID,
    body: MeasureIn,
    call: Annotated[Call, calling(WRITE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """A job, a purchase or an asset share is asked of its house; cash is disbursed here.

    The same for the same member is asked once while it waits: 409 `already-requested` names the measure.
    """
    return await call.once(idempotency_key, 201, request_measure, task_id, body)
