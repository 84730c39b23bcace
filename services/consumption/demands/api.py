"""Routes of demands."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.consumption.buyers.errors import BuyerOfAnotherClient
from services.consumption.buyers.rules import BUYING, SUPPLYING
from services.consumption.commodities.errors import CommodityNotFound
from services.consumption.demands import queries
from services.consumption.demands.commands import place_demand, transition_demand
from services.consumption.demands.errors import DemandContradicts, DemandInvalid, DemandNotFound, NothingToPropose
from services.consumption.demands.procedure import TRANSITIONS
from services.consumption.demands.schemas import DemandIn, DemandOut, DemandTransitionIn, ProposalOut
from services.consumption.orders.errors import OrderContradicts, QuantityNotSold
from services.consumption.products.errors import NotEnoughStock
from shared.db.spelling import CodeInOtherSpelling
from shared.db.unit_of_work import UnitOfWork
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.idempotency import Answer
from shared.http.problems import responses
from shared.lists.page import Page
from shared.policy.parameters import PolicyValueMissing
from shared.procedures.drawing import describe
from shared.procedures.errors import TransitionNotAllowed

router = APIRouter(prefix="/demands", tags=["demands 采购需求"])
READ = "consumption:read"


@router.post(
    "",
    operation_id="placeDemand",
    summary="Say what a buyer needs, whoever makes it",
    status_code=201,
    response_model=DemandOut,
    responses={
        200: {"model": DemandOut, "description": "The same demand again, as it stands now"},
        **responses(BuyerOfAnotherClient, CodeInOtherSpelling, CommodityNotFound, DemandContradicts, DemandInvalid),
    },
)
async def post(
    body: DemandIn, call: Annotated[Call, calling(BUYING, SUPPLYING)], idempotency_key: IdempotencyKey = None
) -> Response:
    """One demand for each number of a buyer. Nothing is reserved before an order is made of it."""
    return await call.answer(idempotency_key, _place, body)


def _place(uow: UnitOfWork, body: DemandIn) -> Answer:
    done = place_demand(uow, body)
    return Answer(201 if done.created else 200, done.demand.model_dump_json())


@router.get(
    "",
    operation_id="listDemands",
    summary="Demands of your buyers, the newest first",
    responses=responses(BuyerOfAnotherClient),
    response_model=Page[DemandOut],
)
async def list_demands(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.DemandList, Query()]
) -> Page[DemandOut] | Response:
    """The supply side sees the demands of every buyer: it may answer any."""
    return await call.page(queries.demands, asked)


@router.get(
    "/{demand_id}", operation_id="getDemand", summary="A demand with its history", responses=responses(DemandNotFound)
)
async def get(demand_id: UUID, call: Annotated[Call, calling(READ)]) -> DemandOut:
    """With the orders it became."""
    return await call.query(queries.demand, demand_id)


@router.get(
    "/{demand_id}/proposal",
    operation_id="getProposal",
    summary="What is proposed for a demand out of your regions, and why",
    responses=responses(DemandNotFound),
)
async def get_proposal(demand_id: UUID, call: Annotated[Call, calling(SUPPLYING)]) -> ProposalOut:
    """Households that wait for a buyer come first, then the cheaper. Nothing is reserved; `adopt` makes orders."""
    return await call.query(queries.proposal, demand_id)


@router.post(
    "/{demand_id}/transitions",
    operation_id="takeDemandStep",
    summary="Make orders of a demand, an order for each county, or close it",
    description=describe(
        TRANSITIONS,
        "`adopt` takes what is proposed at that moment; `overrule` orders otherwise and says why. "
        "Whoever is responsible where the buyer was bound may `close` it.",
    ),
    response_model=DemandOut,
    responses=responses(
        DemandNotFound,
        TransitionNotAllowed,
        BuyerOfAnotherClient,
        NothingToPropose,
        DemandInvalid,
        NotEnoughStock,
        QuantityNotSold,
        OrderContradicts,
        PolicyValueMissing,
    ),
)
async def post_transition(
    demand_id: UUID,
    body: DemandTransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_demand, demand_id, body)
