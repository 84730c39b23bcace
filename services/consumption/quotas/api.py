"""Routes of quotas."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.consumption.buyers.errors import BuyerNotFound, BuyerOfAnotherClient
from services.consumption.buyers.rules import BUYING, SUPPLYING
from services.consumption.buyers.schemas import BuyerCode
from services.consumption.quotas import queries
from services.consumption.quotas.commands import put_quota
from services.consumption.quotas.errors import QuotaInvalid, QuotaNotFound
from services.consumption.quotas.schemas import QuotaIn, QuotaOut
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.policy.parameters import PolicyValueMissing
from shared.registers.api import answered, put_responses
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(prefix="/buyers/{buyer_code}/quotas/{year}", tags=["quotas 预留份额"])
Code = Annotated[BuyerCode, Path()]
Year = Annotated[int, Path(ge=2000, le=2999, examples=[2026])]


@router.put(
    "",
    operation_id="putQuota",
    summary="Fill in what a buyer reserves of its canteen's purchases of a year",
    responses=put_responses(
        QuotaOut,
        BuyerNotFound,
        BuyerOfAnotherClient,
        RegionNotAllowed,
        PolicyValueMissing,
        QuotaInvalid,
        VersionChanged,
    ),
)
async def put(
    buyer_code: Code,
    year: Year,
    body: QuotaIn,
    call: Annotated[Call, calling(BUYING, SUPPLYING)],
    expected: IfMatch,
    response: Response,
) -> QuotaOut:
    """The whole of it every time; the same again changes nothing. A ratio below that of the policy is refused."""
    return answered(response, await call.command(put_quota, buyer_code, year, body, expected))


@router.get(
    "",
    operation_id="getQuota",
    summary="What a buyer reserves for a year, and how much of it was bought",
    responses=responses(BuyerNotFound, QuotaNotFound),
)
async def get(
    buyer_code: Code, year: Year, call: Annotated[Call, calling(BUYING, SUPPLYING)], response: Response
) -> QuotaOut:
    """Of the unit, and of the unions and persons that count with it. What it helped to sell stands apart."""
    found = await call.query(queries.quota, buyer_code, year)
    tag(response, found.version)
    return found
