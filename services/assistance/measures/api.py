"""Routes of measures."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.assistance.measures import queries
from services.assistance.measures.schemas import MeasureOut
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/measures", tags=["measures 帮扶措施"])
READ = "assistance:read"


@router.get(
    "",
    operation_id="listMeasures",
    summary="Measures of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[MeasureOut],
)
async def list_measures(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.MeasureList, Query()],
) -> Page[MeasureOut] | Response:
    """Filter by household, region, kind, status, or by being overdue."""
    return await call.page(queries.measures, asked)
