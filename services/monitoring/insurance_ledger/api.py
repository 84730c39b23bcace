"""Routes of the ledger of insurance."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.monitoring.insurance_ledger import queries
from services.monitoring.insurance_ledger.schemas import InsuranceLine
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed

router = APIRouter(tags=["insurance ledger 参保台账"])
READ = "monitoring:read"


@router.get(
    "/insurance-ledger",
    operation_id="listInsurance",
    summary="Members of your region, and where each stands in a scheme of insurance of a year",
    responses=responses(RegionNotAllowed),
    response_model=Page[InsuranceLine],
)
async def list_insurance(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.InsuranceLedger, Query()]
) -> Page[InsuranceLine] | Response:
    """Basic medical insurance of this year by itself. A page may be short, or empty with a cursor: read on."""
    return await call.page(queries.insurance_ledger, asked)
