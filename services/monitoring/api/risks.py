"""Routes of risks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.monitoring import queries
from services.monitoring.errors import RiskNotFound
from services.monitoring.queries.masks import OF_HEALTH
from services.monitoring.schemas import RiskOut
from shared.contracts.codes import RiskGrade, RiskKind, RiskStatus
from shared.http.dependencies import Call, Purpose, calling
from shared.http.fields import HouseholdCode, Moment
from shared.http.pagination import Page, PageRequest, page_of, page_request
from shared.http.problems import responses
from shared.regions import RegionFilter
from shared.security.actor import PERSONAL, RegionNotAllowed

router = APIRouter(prefix="/risks", tags=["risks 风险"])
READ = "monitoring:read"
CHANGED_LATER = "Changed later than this; the list is in the order of the changes, `+` is sent as `%2B`"


def _wanted(
    household_code: HouseholdCode | None = None,
    region_code: RegionFilter | None = None,
    kind: RiskKind | None = None,
    status: RiskStatus | None = None,
    grade: RiskGrade | None = None,
    updated_after: Annotated[Moment | None, Query(description=CHANGED_LATER)] = None,
) -> queries.RiskFilter:
    return queries.RiskFilter(household_code, region_code, kind, status, grade, updated_after)


@router.get(
    "",
    operation_id="listRisks",
    summary="Risks of your region, the newest first",
    responses=responses(RegionNotAllowed),
)
async def list_risks(
    call: Annotated[Call, calling(READ)],
    wanted: Annotated[queries.RiskFilter, Depends(_wanted)],
    page: Annotated[PageRequest, Depends(page_request)],
) -> Page[RiskOut]:
    """Filter by household, region, kind, status or grade."""
    return page_of(await call.query(queries.risks, wanted, page), page, queries.risk_key(wanted))


@router.get("/{risk_id}", operation_id="getRisk", summary="A risk with its reasons", responses=responses(RiskNotFound))
async def get_risk(risk_id: UUID, call: Annotated[Call, calling(READ)], _purpose: Purpose = None) -> RiskOut:
    """Every reason names its rule, the figures it saw and the parameters. Who sees whose diagnosis it is is audited."""
    found = await call.query(queries.risk, risk_id)
    if found.kind in OF_HEALTH and call.actor.may(PERSONAL):
        await call.record_look(found.household_code)
    return found
