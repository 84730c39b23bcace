"""Routes of priority."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.monitoring.priority import queries
from services.monitoring.priority.schemas import PriorityHousehold, PriorityVillage
from shared.codes.monitoring import ABOUT_HEALTH
from shared.http.dependencies import Call, Purpose, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed, ScopeMissing

router = APIRouter(prefix="/priority", tags=["priority 重点对象"])
READ = "monitoring:read"


@router.get(
    "",
    operation_id="listPriorityHouseholds",
    summary="Households of your region that are looked after first, by group",
    responses=responses(RegionNotAllowed, ScopeMissing),
    response_model=Page[PriorityHousehold],
)
async def list_households(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.PriorityList, Query()],
    _purpose: Purpose = None,
) -> Page[PriorityHousehold] | Response:
    """Of groups that tell of health, only whoever holds `monitoring:pii` hears, and is audited."""
    return await call.page(
        queries.priority_households,
        asked,
        looks=lambda shown: {one.household_code for one in shown if one.group in ABOUT_HEALTH},
    )


@router.get(
    "/villages",
    operation_id="listPriorityVillages",
    summary="The share of monitored people of each village, and which are in focus",
    responses=responses(RegionNotAllowed),
    response_model=Page[PriorityVillage],
)
async def list_villages(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.VillageList, Query()]
) -> Page[PriorityVillage] | Response:
    """As it is today; a village without people is not listed."""
    return await call.page(queries.priority_villages, asked)
