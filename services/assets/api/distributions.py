"""Routes of distributions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.assets import queries
from services.assets.commands.distributions import propose_distribution, transition_distribution
from services.assets.errors import (
    AssetNotDistributable,
    AssetNotFound,
    DistributionInvalid,
    DistributionNotFound,
    PublicityNotOver,
    TransitionInvalid,
)
from services.assets.schemas import AssetCode, DistributionIn, DistributionOut, DistributionSummary, TransitionIn
from shared.contracts.codes import DistributionStatus
from shared.helping.households import HouseholdUnknown
from shared.helping.requests import RequestAnswered, RequestNotFound
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.pagination import Page, PageRequest, page_of, page_request
from shared.http.problems import responses
from shared.policy.parameters import PolicyValueMissing
from shared.regions import RegionFilter
from shared.security.actor import RegionNotAllowed
from shared.transitions import TransitionNotAllowed

router = APIRouter(prefix="/distributions", tags=["distributions 收益分配"])
READ, WRITE, APPROVE = "assets:read", "assets:write", "assets:approve"


def _wanted(
    asset_code: AssetCode | None = None,
    region_code: RegionFilter | None = None,
    status: DistributionStatus | None = None,
) -> queries.DistributionFilter:
    return queries.DistributionFilter(region_code, asset_code, status)


@router.post(
    "",
    status_code=201,
    summary="Propose how an asset's income of a year is shared out",
    response_model=DistributionOut,
    responses=responses(
        AssetNotFound,
        HouseholdUnknown,
        RequestNotFound,
        AssetNotDistributable,
        RequestAnswered,
        DistributionInvalid,
    ),
)
async def post(
    body: DistributionIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """The lines make the total. A request it names is accepted with it, and completed when it is paid."""
    return await call.once(idempotency_key, 201, propose_distribution, body)


@router.get("", summary="Distributions of your region, the newest first", responses=responses(RegionNotAllowed))
async def list_distributions(
    call: Annotated[Call, calling(READ)],
    wanted: Annotated[queries.DistributionFilter, Depends(_wanted)],
    page: Annotated[PageRequest, Depends(page_request)],
) -> Page[DistributionSummary]:
    """Filter by asset, region or status."""
    return page_of(await call.query(queries.distributions, wanted, page), page, queries.distribution_key)


@router.get(
    "/{distribution_id}",
    summary="A distribution with its lines and the steps taken",
    responses=responses(DistributionNotFound),
)
async def get_distribution(distribution_id: UUID, call: Annotated[Call, calling(READ)]) -> DistributionOut:
    """Who gets what and why, and who decided when."""
    return await call.query(queries.distribution, distribution_id)


@router.post(
    "/{distribution_id}/transitions",
    summary="Take a step: vote, publish, object, approve, file or pay",
    response_model=DistributionOut,
    responses=responses(
        DistributionNotFound,
        RequestNotFound,
        TransitionNotAllowed,
        PublicityNotOver,
        PolicyValueMissing,
        TransitionInvalid,
    ),
)
async def post_transition(
    distribution_id: UUID,
    body: TransitionIn,
    call: Annotated[Call, calling(WRITE, APPROVE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """`approve` and `file` need `assets:approve`, the rest `assets:write`. 409 tells what may be done instead."""
    return await call.once(idempotency_key, 200, transition_distribution, distribution_id, body)
