"""Routes of orders."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.consumption.agreements.errors import AgreementNotFound, AgreementOfSomethingElse
from services.consumption.batches.errors import BatchExpired, BatchHeld, BatchNotFound, BatchShort
from services.consumption.buyers.errors import BuyerOfAnotherClient
from services.consumption.buyers.rules import BUYING, SUPPLYING
from services.consumption.listings.errors import ProducerBarred
from services.consumption.orders import queries
from services.consumption.orders.commands.place import place_order
from services.consumption.orders.commands.transition import transition_order
from services.consumption.orders.errors import (
    AdjustmentOpen,
    DeliveryContradicts,
    DeliveryUnclear,
    OrderContradicts,
    OrderInvalid,
    OrderNotFound,
    OwnProposal,
    PriceChanged,
    QuantityNotSold,
    ReturnContradicts,
)
from services.consumption.orders.procedure import TRANSITIONS
from services.consumption.orders.schemas import OrderIn, OrderOut, TransitionIn
from services.consumption.products.errors import NotEnoughStock, ProductNotFound
from services.consumption.slow_sales.errors import IncidentNotFound
from shared.db.spelling import CodeInOtherSpelling
from shared.db.unit_of_work import UnitOfWork
from shared.helping.requests import RequestAnswered, RequestNotFound
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.idempotency import Answer
from shared.http.problems import responses
from shared.lists.page import Page
from shared.policy.parameters import PolicyValueMissing
from shared.procedures.drawing import describe
from shared.procedures.errors import StepLapsed, TransitionNotAllowed
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/orders", tags=["orders 订单"])
READ = "consumption:read"


@router.post(
    "",
    operation_id="placeOrder",
    summary="Order products; their stock is reserved at once",
    status_code=201,
    response_model=OrderOut,
    responses={
        200: {"model": OrderOut, "description": "The same order again, as it stands now"},
        **responses(
            ProductNotFound,
            RequestNotFound,
            BuyerOfAnotherClient,
            RegionNotAllowed,
            CodeInOtherSpelling,
            OrderContradicts,
            PriceChanged,
            QuantityNotSold,
            ProducerBarred,
            AgreementNotFound,
            AgreementOfSomethingElse,
            IncidentNotFound,
            NotEnoughStock,
            RequestAnswered,
            PolicyValueMissing,
            OrderInvalid,
        ),
    },
)
async def post(
    body: OrderIn, call: Annotated[Call, calling(BUYING, SUPPLYING)], idempotency_key: IdempotencyKey = None
) -> Response:
    """One order for each number of a buyer. 409 names the line that cannot be had, and nothing is reserved then.

    A client orders for the buyers that its token names, else for those it is bound to; the supply side for any.
    """
    return await call.answer(idempotency_key, _place, body)


def _place(uow: UnitOfWork, body: OrderIn) -> Answer:
    done = place_order(uow, body)
    return Answer(201 if done.created else 200, done.order.model_dump_json())


@router.get(
    "",
    operation_id="listOrders",
    summary="Orders you buy or supply, the newest first",
    response_model=Page[OrderOut],
    responses=responses(RegionNotAllowed, BuyerOfAnotherClient),
)
async def list_orders(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.OrderList, Query()],
) -> Page[OrderOut] | Response:
    """Filter by buyer or status. With `updated_after` they come in the order in which they changed.

    Ask again with the latest `updated_at` you saw: nothing is missed, whatever happens at once.
    """
    return await call.page(queries.orders, asked)


@router.get(
    "/{order_id}", operation_id="getOrder", summary="An order with its lines", responses=responses(OrderNotFound)
)
async def get(order_id: UUID, call: Annotated[Call, calling(READ)]) -> OrderOut:
    """Seen by the clients of its buyer, and by holders of consumption:approve in its region."""
    return await call.query(queries.order, order_id)


@router.post(
    "/{order_id}/transitions",
    operation_id="takeOrderStep",
    summary="Act on an order, from its confirmation to what goes back",
    description=describe(
        TRANSITIONS,
        "`consumption:order` is for the order's buyer, `consumption:approve` for the supply side of its region; the "
        "history names who took a step. 409 tells in `allowed_actions` what you may do instead. `receive`, `dispute` "
        "and `return` mean the delivery you name, without a number the only one there is. `ship` and `return` under "
        "the same number again change nothing.",
    ),
    response_model=OrderOut,
    responses=responses(
        OrderNotFound,
        RequestNotFound,
        TransitionNotAllowed,
        StepLapsed,
        DeliveryUnclear,
        DeliveryContradicts,
        BatchNotFound,
        BatchHeld,
        BatchShort,
        BatchExpired,
        ReturnContradicts,
        AdjustmentOpen,
        OwnProposal,
        OrderInvalid,
        RegionNotAllowed,
        PolicyValueMissing,
    ),
)
async def post_transition(
    order_id: UUID,
    body: TransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_order, order_id, body)
