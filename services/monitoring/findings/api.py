"""Routes of findings."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.monitoring.findings import queries
from services.monitoring.findings.commands.exempt import exempt_findings, transition_finding
from services.monitoring.findings.errors import ExemptionInvalid, FindingNotFound
from services.monitoring.findings.procedure import TRANSITIONS
from services.monitoring.findings.schemas import (
    ExemptionsIn,
    ExemptionsOut,
    FindingOut,
    FindingRulesOut,
    FindingTransitionIn,
)
from shared.http.dependencies import Call, IdempotencyKey, Purpose, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.procedures.drawing import describe
from shared.procedures.errors import LevelTooLow, TransitionNotAllowed
from shared.security.actor import RegionNotAllowed

router = APIRouter(tags=["findings 疑点"])
READ, WRITE = "monitoring:read", "monitoring:write"


@router.get("/finding-rules", operation_id="listFindingRules", summary="The rules of findings")
async def list_rules(call: Annotated[Call, calling(READ)]) -> FindingRulesOut:
    """Every rule with its sentence in both languages, and where it comes from."""
    return await call.query(queries.finding_rules)


@router.get(
    "/findings",
    operation_id="listFindings",
    summary="Findings of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[FindingOut],
)
async def list_findings(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.FindingList, Query()],
    _purpose: Purpose = None,
) -> Page[FindingOut] | Response:
    """Filter by region, rule, household or status. Who sees what of somebody's health or identity is audited."""
    return await call.page(queries.findings, asked, looks=_seen_in_clear)


@router.get(
    "/findings/{finding_id:beside_exemptions}",
    operation_id="getFinding",
    summary="A finding with what was done with it",
    responses=responses(FindingNotFound),
)
async def get_finding(finding_id: UUID, call: Annotated[Call, calling(READ)], _purpose: Purpose = None) -> FindingOut:
    """What is odd, what it rests on, and who exempted it. Who sees it in clear is audited."""
    found = await call.query(queries.finding, finding_id)
    await call.record_looks(_seen_in_clear([found]))
    return found


@router.post(
    "/findings/{finding_id:beside_exemptions}/transitions",
    operation_id="takeFindingStep",
    summary="Exempt a finding, or take its exemption back",
    description=describe(
        TRANSITIONS,
        "An exemption ends after `until`, or with what the finding rests on. 409 tells in `allowed_actions` what you"
        " may do instead.",
    ),
    response_model=FindingOut,
    responses=responses(FindingNotFound, TransitionNotAllowed, LevelTooLow, ExemptionInvalid),
)
async def post_transition(
    finding_id: UUID,
    body: FindingTransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_finding, finding_id, body)


@router.post(
    "/findings/exemptions",
    operation_id="exemptFindings",
    summary="Exempt up to 1,000 findings for one reason",
    response_model=ExemptionsOut,
    responses=responses(ExemptionInvalid),
)
async def post_exemptions(
    body: ExemptionsIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """Each is answered by itself: 404 where it is none of your region, 409 where it is not open."""
    return await call.once(idempotency_key, 200, exempt_findings, body)


def _seen_in_clear(shown: Sequence[FindingOut]) -> set[str]:
    """The households of which whoever sees these in full learns something about persons."""
    return {finding.household_code for finding in shown if queries.tells_of_persons(finding)}
