"""Routes of policies."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.monitoring.policy import queries
from services.monitoring.policy.commands.propose import propose_value
from services.monitoring.policy.commands.replay import replay_risk
from services.monitoring.policy.commands.simulate import simulate
from services.monitoring.policy.commands.transition import transition_value
from services.monitoring.policy.errors import (
    PolicyKeyUnknown,
    PolicyValueInvalid,
    PolicyValueNotFound,
    ValueOverlaps,
)
from services.monitoring.policy.procedure import APPROVE, TRANSITIONS, WRITE
from services.monitoring.policy.schemas import (
    ParameterKey,
    PolicyOut,
    PolicyTransitionIn,
    PolicyValueIn,
    PolicyValueOut,
    ReplayOut,
    SimulationIn,
    SimulationStarted,
)
from services.monitoring.risks.errors import RiskNotFound
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.policy.loader import NATIONAL
from shared.procedures.drawing import describe
from shared.procedures.errors import SecondPersonNeeded, StepLapsed, TransitionNotAllowed
from shared.regions import RegionFilter
from shared.security.actor import RegionNotAllowed

router = APIRouter(tags=["policy 政策参数"])
READ = "monitoring:read"


@router.get(
    "/policy",
    operation_id="getPolicy",
    summary="What holds in a region on a day: every parameter with its source",
    responses=responses(PolicyKeyUnknown),
)
async def get_policy(
    call: Annotated[Call, calling(READ)],
    region_code: Annotated[RegionFilter, Query(description="Default the nation")] = NATIONAL,
    on: Annotated[dt.date | None, Query(description="Decision date; default the business date")] = None,
    key: Annotated[ParameterKey | None, Query(description="This parameter alone")] = None,
) -> PolicyOut:
    """Any region, also outside your own: law and practice are no secret. `missing` is what stops decisions there."""
    return await call.query(queries.policy, region_code, on, key)


@router.post(
    "/policy-values",
    operation_id="proposePolicyValue",
    status_code=201,
    summary="Propose a value of a parameter for a region, from some day on",
    response_model=PolicyValueOut,
    responses=responses(PolicyKeyUnknown, PolicyValueInvalid, ValueOverlaps, RegionNotAllowed),
)
async def post_value(
    body: PolicyValueIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """It waits for a second person. Once approved it holds from its first day; the value before ends the day before."""
    return await call.once(idempotency_key, 201, propose_value, body)


@router.get(
    "/policy-values",
    operation_id="listPolicyValues",
    summary="Values that were proposed in your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[PolicyValueOut],
)
async def list_values(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.PolicyValueList, Query()]
) -> Page[PolicyValueOut] | Response:
    """Filter by region, parameter or status. Those of the packs are at `/policy`."""
    return await call.page(queries.policy_values, asked)


@router.get(
    "/policy-values/{value_id}",
    operation_id="getPolicyValue",
    summary="A value with the steps taken",
    responses=responses(PolicyValueNotFound),
)
async def get_value(value_id: UUID, call: Annotated[Call, calling(READ)]) -> PolicyValueOut:
    """Who proposed it, from which document, and who decided."""
    return await call.query(queries.policy_value, value_id)


@router.post(
    "/policy-values/{value_id}/transitions",
    operation_id="takePolicyValueStep",
    summary="Approve, reject or withdraw a value",
    description=describe(TRANSITIONS, "409 tells in `allowed_actions` what you may do instead."),
    response_model=PolicyValueOut,
    responses=responses(
        PolicyValueNotFound, PolicyValueInvalid, TransitionNotAllowed, SecondPersonNeeded, StepLapsed, ValueOverlaps
    ),
)
async def post_transition(
    value_id: UUID,
    body: PolicyTransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_value, value_id, body)


@router.post(
    "/policy-simulations",
    operation_id="simulatePolicy",
    status_code=202,
    summary="Try other values on the households of a region",
    response_model=SimulationStarted,
    responses=responses(PolicyKeyUnknown, PolicyValueInvalid, RegionNotAllowed),
)
async def post_simulation(
    body: SimulationIn, call: Annotated[Call, calling(WRITE, APPROVE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """The result of the job counts what rules say and would say, by kind, county and township. Nothing else is kept."""
    return await call.once(idempotency_key, 202, simulate, body, "/monitoring/v1/jobs")


@router.post(
    "/risks/{risk_id}/replay",
    operation_id="replayRisk",
    summary="Ask the rules again what they said when a risk was raised or last updated",
    responses=responses(RiskNotFound),
)
async def post_replay(risk_id: UUID, call: Annotated[Call, calling(READ)]) -> ReplayOut:
    """Says what differs today: the values, who changed them, and how many facts came since. Changes nothing."""
    return await call.command(replay_risk, risk_id)
