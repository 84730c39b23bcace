"""Routes of workers."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.employment.workers import queries
from services.employment.workers.schemas import WorkerOut
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.policy.parameters import PolicyValueMissing
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/workers", tags=["workers 劳动力"])
READ = "employment:read"


@router.get(
    "",
    operation_id="listWorkers",
    summary="Workers of your region",
    responses=responses(RegionNotAllowed, PolicyValueMissing),
    response_model=Page[WorkerOut],
)
async def list_workers(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.WorkerList, Query()],
) -> Page[WorkerOut] | Response:
    """Members of working age with labour and not at school. Filter by household, region or status."""
    return await call.page(queries.workers, asked)
