"""Routes of patrols."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.monitoring.contacts.errors import ContactNotFound
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.patrols import queries
from services.monitoring.patrols.commands.record import record_patrol
from services.monitoring.patrols.commands.withdraw import withdraw_patrol
from services.monitoring.patrols.errors import (
    PatrolAlreadySuperseded,
    PatrolAlreadyWithdrawn,
    PatrolContradicts,
    PatrolInvalid,
    PatrolNotFound,
    SupersededPatrolNotFound,
)
from services.monitoring.patrols.schemas import (
    OverdueHousehold,
    PatrolIn,
    PatrolOut,
    PatrolWithdrawalIn,
    PatrolWithdrawalOut,
)
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.policy.parameters import PolicyValueMissing
from shared.records.api import record_responses, recorded
from shared.records.errors import WithdrawalContradicts
from shared.security.actor import RegionNotAllowed, SourceNotYours

router = APIRouter(prefix="/patrols", tags=["patrols 巡查走访"])
READ, WRITE = "monitoring:read", "monitoring:write"


@router.post(
    "",
    operation_id="recordPatrol",
    summary="Record which households a contact went to see on a day",
    status_code=201,
    response_model=PatrolOut,
    responses=record_responses(
        PatrolOut,
        SourceNotYours,
        ContactNotFound,
        HouseholdNotFound,
        SupersededPatrolNotFound,
        PatrolContradicts,
        PatrolAlreadySuperseded,
        PatrolAlreadyWithdrawn,
        PatrolInvalid,
    ),
)
async def post(
    body: PatrolIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """201 recorded; 200 the same again, in whatever order; 409 the reference belongs to another patrol.

    A correction `supersedes` a patrol of the same contact and counts in its place.
    """
    return await recorded(call, idempotency_key, record_patrol, body)


@router.post(
    "/{patrol_id}/withdrawal",
    operation_id="withdrawPatrol",
    summary="Withdraw a patrol that should never have been recorded",
    status_code=201,
    response_model=PatrolWithdrawalOut,
    responses=record_responses(
        PatrolWithdrawalOut,
        SourceNotYours,
        PatrolNotFound,
        WithdrawalContradicts,
        PatrolAlreadySuperseded,
        PatrolInvalid,
    ),
)
async def post_withdrawal(
    patrol_id: UUID,
    body: PatrolWithdrawalIn,
    call: Annotated[Call, calling(WRITE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Nobody was seen by it. A withdrawal is final: what is right is recorded as a patrol of its own."""
    return await recorded(call, idempotency_key, withdraw_patrol, patrol_id, body)


@router.get(
    "/overdue",
    operation_id="listOverduePatrols",
    summary="Lifted and monitored households that were seen too seldom in a month",
    responses=responses(RegionNotAllowed, PolicyValueMissing),
    response_model=Page[OverdueHousehold],
)
async def list_overdue(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.OverdueList, Query()]
) -> Page[OverdueHousehold] | Response:
    """By `monitoring.visits` of the place. A visit that closed a task in assistance counts: nobody logs it twice."""
    return await call.page(queries.overdue_households, asked)
