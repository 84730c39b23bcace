"""Routes of distributions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.assets.assets.errors import AssetNotFound
from services.assets.distributions import queries
from services.assets.distributions.commands.propose import propose_distribution
from services.assets.distributions.commands.transition import transition_distribution
from services.assets.distributions.commands.withdraw import withdraw_line
from services.assets.distributions.errors import (
    AssetNotDistributable,
    DistributionInvalid,
    DistributionNotFound,
    LineNotFound,
    LineNotPaid,
    PeriodDistributed,
    PublicityNotOver,
    TransitionInvalid,
)
from services.assets.distributions.procedure import TRANSITIONS
from services.assets.distributions.schemas import (
    MAX_LINES,
    DistributionIn,
    DistributionOut,
    DistributionSummary,
    LineWithdrawalIn,
    LineWithdrawalOut,
    TransitionIn,
)
from shared.errors import HouseholdHasEnded
from shared.helping.households import HouseholdUnknown
from shared.helping.requests import RequestAnswered, RequestNotFound
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.policy.parameters import PolicyValueMissing
from shared.procedures.drawing import describe
from shared.procedures.errors import TransitionNotAllowed
from shared.records.api import record_responses, recorded
from shared.records.errors import WithdrawalContradicts
from shared.security.actor import RegionNotAllowed, SourceNotYours

router = APIRouter(prefix="/distributions", tags=["distributions 收益分配"])
READ, WRITE, APPROVE = "assets:read", "assets:write", "assets:approve"


@router.post(
    "",
    operation_id="proposeDistribution",
    status_code=201,
    summary="Propose how an asset's income of a year is shared out",
    response_model=DistributionOut,
    responses=responses(
        AssetNotFound,
        HouseholdUnknown,
        HouseholdHasEnded,
        RequestNotFound,
        AssetNotDistributable,
        PeriodDistributed,
        RequestAnswered,
        DistributionInvalid,
    ),
)
async def post(
    body: DistributionIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """The lines make the total. A request it names is accepted with it, and completed when it is paid.

    409 `period-distributed` names the plan there is for the asset and year; a further one says `supplementary`.
    """
    return await call.once(idempotency_key, 201, propose_distribution, body)


@router.get(
    "",
    operation_id="listDistributions",
    summary="Distributions of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[DistributionSummary],
)
async def list_distributions(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.DistributionList, Query()],
) -> Page[DistributionSummary] | Response:
    """Filter by asset, region or status. With `updated_after` they come in the order in which they changed."""
    return await call.page(queries.distributions, asked)


@router.get(
    "/{distribution_id}",
    operation_id="getDistribution",
    summary="A distribution with its lines and the steps taken",
    responses=responses(DistributionNotFound),
)
async def get_distribution(distribution_id: UUID, call: Annotated[Call, calling(READ)]) -> DistributionOut:
    """Who gets what and why, and who decided when."""
    return await call.query(queries.distribution, distribution_id)


@router.post(
    "/{distribution_id}/transitions",
    operation_id="takeDistributionStep",
    summary="Take a step: vote, publish, object, approve, file or pay",
    description=describe(TRANSITIONS, "409 tells in `allowed_actions` what you may do instead."),
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
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_distribution, distribution_id, body)


@router.post(
    "/{distribution_id}/lines/{line_no}/withdrawal",
    operation_id="withdrawDistributionLine",
    summary="Withdraw a paid line that should never have been",
    status_code=201,
    response_model=LineWithdrawalOut,
    responses=record_responses(
        LineWithdrawalOut,
        DistributionNotFound,
        LineNotFound,
        LineNotPaid,
        WithdrawalContradicts,
        SourceNotYours,
    ),
)
async def post_withdrawal(
    distribution_id: UUID,
    line_no: Annotated[int, Path(ge=1, le=MAX_LINES)],
    body: LineWithdrawalIn,
    call: Annotated[Call, calling(WRITE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The credit of the household is gone from its ledger. Zero would say that it got nothing."""
    return await recorded(call, idempotency_key, withdraw_line, distribution_id, line_no, body)
