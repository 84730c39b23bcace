"""Routes of pledges."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.consumption.pledges import queries
from services.consumption.pledges.schemas import PledgesOut
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/pledges", tags=["pledges 采购承诺"])
READ = "consumption:read"


@router.get(
    "",
    operation_id="getPledges",
    summary="What was pledged, ordered and settled in a year, by county and month",
    responses=responses(RegionNotAllowed),
)
async def get(call: Annotated[Call, calling(READ)], asked: Annotated[queries.PledgesQuery, Query()]) -> PledgesOut:
    """采购 and 帮助销售 stand apart. A buyer's client sees what its buyers pledged, the supply side its region."""
    return await call.query(queries.pledges, asked)
