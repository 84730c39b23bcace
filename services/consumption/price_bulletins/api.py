"""Routes of the weekly price bulletin."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.consumption.price_bulletins import queries
from services.consumption.price_bulletins.schemas import BulletinLine
from shared.http.dependencies import Call, calling
from shared.lists.page import Page

router = APIRouter(prefix="/price-bulletins", tags=["slow sales 滞销"])


@router.get(
    "",
    operation_id="getPriceBulletin",
    summary="The price bulletin of a week, by county and commodity",
    response_model=Page[BulletinLine],
)
async def get(
    call: Annotated[Call, calling("consumption:read")], asked: Annotated[queries.BulletinQuery, Query()]
) -> Page[BulletinLine] | Response:
    """Of all counties, as prices are. Without a week: of the present one, as far as it has come."""
    return await call.page(queries.price_bulletin, asked)
