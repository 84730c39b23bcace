"""Routes of measures."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.assistance.measures import queries
from services.assistance.measures.schemas import MeasureOut
from shared.codes.assistance import MeasureKind, MeasureStatus
from shared.http.dependencies import Call, calling
from shared.http.fields import HouseholdCode
from shared.http.pagination import Page, PageRequest, page_of, page_request
from shared.http.problems import responses
from shared.regions import RegionFilter
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/measures", tags=["measures 帮扶措施"])
READ = "assistance:read"


def _wanted(
    household_code: HouseholdCode | None = None,
    region_code: RegionFilter | None = None,
    kind: MeasureKind | None = None,
    status: MeasureStatus | None = None,
    overdue: Annotated[bool | None, Query(description="Not answered, and due before the business date")] = None,
) -> queries.MeasureFilter:
    return queries.MeasureFilter(household_code, region_code, kind, status, overdue)


@router.get(
    "",
    operation_id="listMeasures",
    summary="Measures of your region, the newest first",
    responses=responses(RegionNotAllowed),
)
async def list_measures(
    call: Annotated[Call, calling(READ)],
    wanted: Annotated[queries.MeasureFilter, Depends(_wanted)],
    page: Annotated[PageRequest, Depends(page_request)],
) -> Page[MeasureOut]:
    """Filter by household, region, kind, status, or by being overdue."""
    return page_of(await call.query(queries.measures, wanted, page), page, queries.measure_key)
