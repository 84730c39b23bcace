"""Routes of buyers."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.consumption.buyers import queries
from services.consumption.buyers.commands import put_buyer
from services.consumption.buyers.errors import BuyerInvalid, BuyerNotFound, NotSupplying
from services.consumption.buyers.rules import SUPPLYING
from services.consumption.buyers.schemas import BuyerCode, BuyerIn, BuyerOut
from shared.db.spelling import CodeInOtherSpelling
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.lists.page import Page
from shared.registers.api import answered, put_responses
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(prefix="/buyers", tags=["buyers 采购单位"])
Code = Annotated[BuyerCode, Path()]


@router.put(
    "/{buyer_code}",
    operation_id="bindBuyer",
    summary="Say who a buyer is and which clients order for it, or hand it over",
    responses=put_responses(
        BuyerOut, BuyerInvalid, CodeInOtherSpelling, NotSupplying, RegionNotAllowed, VersionChanged
    ),
)
async def put(
    buyer_code: Code, body: BuyerIn, call: Annotated[Call, calling(SUPPLYING)], expected: IfMatch, response: Response
) -> BuyerOut:
    """`clients` are for those whose token names no buyers. Its orders are seen by the clients it is bound to now."""
    return answered(response, await call.command(put_buyer, buyer_code, body, expected))


@router.get("", operation_id="listBuyers", summary="Buyers, by code", response_model=Page[BuyerOut])
async def list_buyers(
    call: Annotated[Call, calling(SUPPLYING)], asked: Annotated[queries.BuyerList, Query()]
) -> Page[BuyerOut] | Response:
    """Everybody under whose code something was ordered, and who was bound before; a client of buyers sees its own."""
    return await call.page(queries.buyers, asked)


@router.get("/{buyer_code}", operation_id="getBuyer", summary="A buyer", responses=responses(BuyerNotFound))
async def get(buyer_code: Code, call: Annotated[Call, calling(SUPPLYING)], response: Response) -> BuyerOut:
    """Who it is, and the clients it is bound to."""
    found = await call.query(queries.buyer, buyer_code)
    tag(response, found.version)
    return found
