"""Routes of workers."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.employment.workers import queries
from services.employment.workers.schemas import WorkerOut
from shared.codes.employment import WorkerStatus
from shared.http.dependencies import Call, calling
from shared.http.fields import HouseholdCode
from shared.http.pagination import Page, PageRequest, page_of, page_request
from shared.http.problems import responses
from shared.policy.parameters import PolicyValueMissing
from shared.regions import RegionFilter
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/workers", tags=["workers 劳动力"])
READ = "employment:read"


def _wanted(
    household_code: HouseholdCode | None = None,
    region_code: RegionFilter | None = None,
    status: WorkerStatus | None = None,
) -> queries.WorkerFilter:
    return queries.WorkerFilter(household_code, region_code, status)


@router.get(
    "",
    operation_id="listWorkers",
    summary="Workers of your region",
    responses=responses(RegionNotAllowed, PolicyValueMissing),
)
async def list_workers(
    call: Annotated[Call, calling(READ)],
    wanted: Annotated[queries.WorkerFilter, Depends(_wanted)],
    page: Annotated[PageRequest, Depends(page_request)],
) -> Page[WorkerOut]:
    """Members of working age with labour and not at school. Filter by household, region or status."""
    return page_of(await call.query(queries.workers, wanted, page), page, queries.worker_key)
