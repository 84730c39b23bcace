"""Routes of statements."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.consumption.buyers.errors import BuyerNotFound
from services.consumption.buyers.schemas import BuyerCode
from services.consumption.statements import queries
from services.consumption.statements.schemas import StatementOut
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.months import Month

router = APIRouter(prefix="/statements", tags=["statements 对账单"])
READ = "consumption:read"


@router.get(
    "/{buyer_code}/{month}",
    operation_id="getStatement",
    summary="The statement of a buyer for a month",
    responses=responses(BuyerNotFound),
)
async def get(
    buyer_code: Annotated[BuyerCode, Path()], month: Annotated[Month, Path()], call: Annotated[Call, calling(READ)]
) -> StatementOut:
    """Opening + settled + restated − paid = closing, to the fen. The supply side sees what concerns its regions."""
    return await call.query(queries.statement, buyer_code, month)
