"""Routes of cases."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.monitoring.cases import queries
from services.monitoring.cases.commands.open import post_case
from services.monitoring.cases.commands.transition import transition_case
from services.monitoring.cases.errors import (
    AlreadyMonitored,
    BlockIncomplete,
    CanCope,
    CaseInvalid,
    CaseNotFound,
    CaseOpen,
    ConsentMissing,
    CriteriaUnmet,
    Excluded,
    IncomeIncomplete,
    NoClass,
    NoHelpBeforeAdmission,
    NoLabourHousehold,
    NotMonitored,
)
from services.monitoring.cases.procedure import ELIMINATION, IDENTIFICATION, SCOPES
from services.monitoring.cases.schemas import CaseIn, CaseListed, CaseOut, CaseTransitionIn, PublicityReport
from services.monitoring.cases.sheets import PUBLICITY
from services.monitoring.ledger.errors import HouseholdNotFound
from shared.errors import HouseholdHasEnded
from shared.http.dependencies import Call, IdempotencyKey, Purpose, calling
from shared.http.problems import responses
from shared.http.reports import Leaf, PrintedReportQuery, ReportTooLong, head_of, report_answer
from shared.http.versions import IfMatch, tag
from shared.lists.page import Page
from shared.lists.portions import Portion
from shared.policy.parameters import PolicyValueMissing
from shared.procedures.drawing import describe
from shared.procedures.errors import LevelTooLow, StepLapsed, StepNotYet, TransitionNotAllowed
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(tags=["cases 识别认定"])
READ, WRITE = "monitoring:read", "monitoring:write"


@router.post(
    "/cases",
    operation_id="openCase",
    summary="Open a case: an identification, or an elimination of a monitored household",
    status_code=201,
    response_model=CaseOut,
    responses=responses(
        CaseInvalid, HouseholdNotFound, HouseholdHasEnded, CaseOpen, AlreadyMonitored, NotMonitored, NoLabourHousehold
    ),
)
async def post(body: CaseIn, call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None) -> Response:
    """One is open at a time. The policy of its day holds to the end."""
    return await call.once(idempotency_key, 201, post_case, body)


@router.get(
    "/cases",
    operation_id="listCases",
    summary="Cases of your region, village by village",
    responses=responses(RegionNotAllowed),
    response_model=Page[CaseListed],
)
async def list_cases(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.CaseList, Query()]
) -> Page[CaseListed] | Response:
    """Filter by region, household, kind, status, or by being overdue. Class and figures are those of the review."""
    return await call.page(queries.cases, asked)


@router.get(
    "/cases/{case_id}",
    operation_id="getCase",
    summary="A case in full",
    responses=responses(CaseNotFound),
)
async def get(case_id: UUID, call: Annotated[Call, calling(READ)], response: Response) -> CaseOut:
    """Its history, class and figures, and of an elimination the criteria as of today. `ETag` is its version."""
    found = await call.query(queries.versioned_case, case_id)
    tag(response, found.version)
    return found.case


@router.post(
    "/cases/{case_id}/transitions",
    operation_id="takeCaseStep",
    summary="Take a step of an identification or an elimination",
    description="\n\n".join(
        [
            describe(IDENTIFICATION, "So is a household identified 识别认定."),
            describe(ELIMINATION, "So is its risk eliminated 风险消除. 409 tells what stands in the way."),
        ]
    ),
    response_model=CaseOut,
    responses=responses(
        CaseInvalid,
        CaseNotFound,
        TransitionNotAllowed,
        LevelTooLow,
        StepNotYet,
        StepLapsed,
        ConsentMissing,
        NoHelpBeforeAdmission,
        BlockIncomplete,
        CanCope,
        IncomeIncomplete,
        NoClass,
        Excluded,
        CriteriaUnmet,
        CaseOpen,
        AlreadyMonitored,
        NotMonitored,
        PolicyValueMissing,
        VersionChanged,
    ),
)
async def post_transition(
    case_id: UUID,
    body: CaseTransitionIn,
    call: Annotated[Call, calling(*SCOPES)],
    if_match: IfMatch,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_case, case_id, body, if_match)


@router.get(
    "/reports/publicity",
    operation_id="getPublicityReport",
    summary="The list that hangs out in the village",
    response_model=PublicityReport,
    responses=responses(RegionNotAllowed, ReportTooLong),
)
async def report(
    call: Annotated[Call, calling(READ)], asked: Annotated[PrintedReportQuery, Query()], _purpose: Purpose = None
) -> Response:
    """Head, village, class, members and last day: no number, phone, account or health.

    Names are masked without `monitoring:pii`; who sees them in full is audited.
    """
    first = await call.query(queries.publicity_part, asked.region_code)
    leaves = (Leaf("items", PUBLICITY),)
    return await report_answer(call, asked, head_of("publicity", asked), leaves, _parts(call, asked.region_code, first))


async def _parts(
    call: Call, region_code: str | None, part: Portion[queries.Hanging]
) -> AsyncIterator[Sequence[Sequence[BaseModel]]]:
    """The lines, part by part; who sees names in full is recorded before they are sent."""
    while True:
        await call.record_looks([each.household_code for each in part.items])
        yield [[each.line for each in part.items]]
        if part.key is None:
            return
        part = await call.query(queries.publicity_part, region_code, part.key)
