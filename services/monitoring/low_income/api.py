"""Routes of the low-income population."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.monitoring.low_income import queries
from services.monitoring.low_income.schemas import LowIncomeOut
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed

router = APIRouter(tags=["low income 低收入人口"])
READ = "monitoring:read"


@router.get(
    "/low-income",
    operation_id="listLowIncome",
    summary="Households of your region that are of the low-income population, each in the first class that fits",
    responses=responses(RegionNotAllowed),
    response_model=Page[LowIncomeOut],
)
async def list_low_income(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.LowIncomeList, Query()]
) -> Page[LowIncomeOut] | Response:
    """As it is today, out of the ledgers. A page may be short, or empty with a cursor: read on until it is null."""
    return await call.page(queries.low_income, asked)
