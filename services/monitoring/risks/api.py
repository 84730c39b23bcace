"""Routes of risks."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.monitoring.risks import queries
from services.monitoring.risks.errors import RiskNotFound
from services.monitoring.risks.queries import OF_HEALTH
from services.monitoring.risks.schemas import RiskOut
from shared.http.dependencies import Call, Purpose, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/risks", tags=["risks 风险"])
READ = "monitoring:read"


@router.get(
    "",
    operation_id="listRisks",
    summary="Risks of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[RiskOut],
)
async def list_risks(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.RiskList, Query()],
    _purpose: Purpose = None,
) -> Page[RiskOut] | Response:
    """Filter by household, region, kind, status or grade. Who sees whose diagnoses is audited."""
    return await call.page(queries.risks, asked, looks=_seen_ill)


@router.get("/{risk_id}", operation_id="getRisk", summary="A risk with its reasons", responses=responses(RiskNotFound))
async def get_risk(risk_id: UUID, call: Annotated[Call, calling(READ)], _purpose: Purpose = None) -> RiskOut:
    """Every reason names its rule, the figures it saw and the parameters. Who sees whose diagnosis it is is audited."""
    found = await call.query(queries.risk, risk_id)
    await call.record_looks(_seen_ill([found]))
    return found


def _seen_ill(shown: Sequence[RiskOut]) -> set[str]:
    """The households of which whoever sees these in full learns who is ill, and of what."""
    return {risk.household_code for risk in shown if risk.kind in OF_HEALTH}
