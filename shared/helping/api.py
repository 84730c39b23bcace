"""Routes of requests, the same in every helping house."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from shared.codes.assistance import RefusalReason
from shared.helping.requests import RequestAnswered, RequestList, RequestNotFound, RequestOut, Requests
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.fields import Body
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed


class RequestTransitionIn(Body):
    """A refusal with its reason."""

    action: Literal["refuse"] = Field(description="Every other answer follows from the work itself")
    reason: RefusalReason


def requests_router(requests: Requests, *, read: str, write: str) -> APIRouter:
    """The routes of one house's requests, under the scopes of those who may know which households ask."""
    router = APIRouter(prefix="/requests", tags=["requests 帮扶措施需求"])

    @router.get(
        "",
        operation_id="listRequests",
        summary="Requests of your region, the newest first",
        response_model=Page[RequestOut],
        responses=responses(RegionNotAllowed),
    )
    async def list_requests(
        call: Annotated[Call, calling(read)],
        asked: Annotated[RequestList, Query()],
    ) -> Page[RequestOut] | Response:
        """What tasks ask of this house. Filter by household, region or status; `updated_after` orders by change."""
        return await call.page(requests.page, asked)

    @router.get("/{request_id}", operation_id="getRequest", summary="A request", responses=responses(RequestNotFound))
    async def get_request(request_id: UUID, call: Annotated[Call, calling(read)]) -> RequestOut:
        """Who asks, for whom, and what became of it."""
        return await call.query(requests.find, request_id)

    @router.post(
        "/{request_id}/transitions",
        operation_id="refuseRequest",
        summary="Refuse a request that cannot be met",
        response_model=RequestOut,
        responses=responses(RequestNotFound, RequestAnswered),
    )
    async def post_transition(
        request_id: UUID,
        body: RequestTransitionIn,
        call: Annotated[Call, calling(write)],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """The task hears of it with the reason."""
        return await call.once(idempotency_key, 200, requests.refuse, request_id, body.reason)

    return router
