"""Routes of members of school age."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.monitoring.school_age import queries
from services.monitoring.school_age.schemas import SchoolAgeOut
from shared.codes.circumstances import SchoolingEvent
from shared.http.dependencies import Call, Purpose, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed

router = APIRouter(tags=["school age 控辍保学"])
READ = "monitoring:read"


@router.get(
    "/school-age",
    operation_id="listSchoolAge",
    summary="Members of compulsory age of your region, and where each stands",
    responses=responses(RegionNotAllowed),
    response_model=Page[SchoolAgeOut],
)
async def list_school_age(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.SchoolAgeList, Query()], _purpose: Purpose = None
) -> Page[SchoolAgeOut] | Response:
    """One list for the county, the township, the village and the school 四本台账; `view=school` comes by school.

    A page may be short, or empty with a cursor: read on until it is null. Who sees who is unfit is audited.
    """
    return await call.page(queries.school_age, asked, looks=_seen_unfit)


def _seen_unfit(shown: Sequence[SchoolAgeOut]) -> set[str]:
    return {one.household_code for one in shown if one.status is SchoolingEvent.EXEMPT}
