"""Routes of households, as far as assistance knows them."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.assistance.households import queries
from services.assistance.households.schemas import StoryOut
from shared.helping.households import HouseholdUnknown
from shared.http.dependencies import Call, calling
from shared.http.fields import HouseholdCode
from shared.http.problems import responses

router = APIRouter(prefix="/households/{household_code}", tags=["households 农户"])
READ = "assistance:read"


@router.get(
    "/story",
    operation_id="getHouseholdStory",
    summary="What happened to a household and what came of it",
    responses=responses(HouseholdUnknown),
)
async def story(household_code: Annotated[HouseholdCode, Path()], call: Annotated[Call, calling(READ)]) -> StoryOut:
    """Risk, task, verdict, measures and money in the order of time, and the effect on income per head."""
    return await call.query(queries.story, household_code)
