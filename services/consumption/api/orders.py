"""Routes of orders."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.consumption import queries
from services.consumption.commands.orders import place_order
from services.consumption.commands.transitions import transition_order
from services.consumption.errors import (
    BuyerOfAnotherClient,
    NotEnoughStock,
    OrderContradicts,
    OrderInvalid,
    OrderNotFound,
    ProductNotFound,
)
from services.consumption.schemas import BuyerCode, OrderIn, OrderOut, TransitionIn
from shared.contracts.codes import OrderStatus
from shared.db.unit_of_work import UnitOfWork
from shared.helping.requests import RequestAnswered, RequestNotFound
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.fields import Moment
from shared.http.idempotency import Answer
from shared.http.pagination import Page, PageRequest, page_of, page_request
from shared.http.problems import responses
from shared.security.actor import RegionNotAllowed
from shared.transitions import TransitionNotAllowed

router = APIRouter(prefix="/orders", tags=["orders 订单"])
READ, WRITE = "consumption:read", "consumption:write"


def _wanted(
    buyer_code: BuyerCode | None = None,
    status: OrderStatus | None = None,
    updated_after: Annotated[Moment | None, Query(description="Placed or acted on later than this")] = None,
) -> queries.OrderFilter:
    return queries.OrderFilter(buyer_code, status, updated_after)


@router.post(
    "",
    summary="Order products; their stock is reserved at once",
    status_code=201,
    response_model=OrderOut,
    responses={
        200: {"model": OrderOut, "description": "The same order again, as it stands now"},
        **responses(
            ProductNotFound,
            RequestNotFound,
            BuyerOfAnotherClient,
            OrderContradicts,
            NotEnoughStock,
            RequestAnswered,
            OrderInvalid,
        ),
    },
)
async def post(
    body: OrderIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """One order for each number of a buyer. 409 `not-enough-stock` names the line, and nothing is reserved then."""
    return await call.answer(idempotency_key, _place, body)


def _place(uow: UnitOfWork, body: OrderIn) -> Answer:
    done = place_order(uow, body)
    return Answer(201 if done.created else 200, done.order.model_dump_json())


@router.get("", summary="Orders you placed or supply, the newest first")
async def list_orders(
    call: Annotated[Call, calling(READ)],
    wanted: Annotated[queries.OrderFilter, Depends(_wanted)],
    page: Annotated[PageRequest, Depends(page_request)],
) -> Page[OrderOut]:
    """Filter by buyer, status, or by what changed since a moment."""
    return page_of(await call.query(queries.orders, wanted, page), page, queries.order_key)


@router.get("/{order_id}", summary="An order with its lines", responses=responses(OrderNotFound))
async def get(order_id: UUID, call: Annotated[Call, calling(READ)]) -> OrderOut:
    """Seen by the client that placed it, and by holders of consumption:approve in its region."""
    return await call.query(queries.order, order_id)


@router.post(
    "/{order_id}/transitions",
    summary="Act on an order: accept, ship, receive, settle, cancel or dispute it",
    response_model=OrderOut,
    responses=responses(OrderNotFound, RequestNotFound, TransitionNotAllowed, OrderInvalid, RegionNotAllowed),
)
async def post_transition(
    order_id: UUID,
    body: TransitionIn,
    call: Annotated[Call, calling(WRITE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Accept, ship and settle need consumption:approve. 409 tells in `allowed_actions` what may be done instead."""
    return await call.once(idempotency_key, 200, transition_order, order_id, body)
