"""Routes of requests, the same in every helping house."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from shared.codes.assistance import MeasureStatus, RefusalReason
from shared.helping.requests import RequestAnswered, RequestFilter, RequestNotFound, RequestOut, Requests
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.fields import Body, HouseholdCode
from shared.http.pagination import Page, PageRequest, page_of, page_request
from shared.http.problems import responses
from shared.regions import RegionFilter
from shared.security.actor import RegionNotAllowed


class RequestTransitionIn(Body):
    """A refusal with its reason."""

    action: Literal["refuse"] = Field(description="Every other answer follows from the work itself")
    reason: RefusalReason


def _wanted(
    household_code: HouseholdCode | None = None,
    region_code: RegionFilter | None = None,
    status: MeasureStatus | None = None,
) -> RequestFilter:
    return RequestFilter(household_code, region_code, status)


def _key(shown: RequestOut) -> tuple[str, ...]:
    return shown.requested_at.isoformat(), str(shown.request_id)


def requests_router(requests: Requests, *, read: str, write: str) -> APIRouter:
    """The routes of one house's requests, under the scopes of those who may know which households ask."""
    router = APIRouter(prefix="/requests", tags=["requests 帮扶措施需求"])

    @router.get(
        "",
        operation_id="listRequests",
        summary="Requests of your region, the newest first",
        responses=responses(RegionNotAllowed),
    )
    async def list_requests(
        call: Annotated[Call, calling(read)],
        wanted: Annotated[RequestFilter, Depends(_wanted)],
        page: Annotated[PageRequest, Depends(page_request)],
    ) -> Page[RequestOut]:
        """What tasks ask of this house. Filter by household, region or status."""
        return page_of(await call.query(requests.page, wanted, page), page, _key)

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
