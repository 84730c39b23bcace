"""Routes of protections."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.protections import queries
from services.monitoring.protections.schemas import ProtectionListed, ProtectionsOut
from shared.http.dependencies import Call, calling
from shared.http.fields import AsOf, HouseholdCode
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed

router = APIRouter(tags=["protections 三保障"])
READ = "monitoring:read"


@router.get(
    "/households/{household_code:beside_batches}/protections",
    operation_id="getHouseholdProtections",
    summary="Where a household stands in schooling, medical care, housing and water",
    responses=responses(HouseholdNotFound),
)
async def protections(
    household_code: Annotated[HouseholdCode, Path()], call: Annotated[Call, calling(READ)], as_of: AsOf = None
) -> ProtectionsOut:
    """By what is recorded now and was observed by the date. One bad is `unmet`, else one unknown is `unknown`."""
    return await call.query(queries.protections, household_code, as_of)


@router.get(
    "/protections",
    operation_id="listProtections",
    summary="Where the households of your region stand in schooling, medical care, housing and water",
    responses=responses(RegionNotAllowed),
    response_model=Page[ProtectionListed],
)
async def list_protections(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.ProtectionList, Query()]
) -> Page[ProtectionListed] | Response:
    """Of each household of which something was said in any of the four; of all others everything is unknown."""
    return await call.page(queries.listed_protections, asked)
