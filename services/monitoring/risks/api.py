"""Routes of risks."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.monitoring.risks import queries
from services.monitoring.risks.errors import RiskNotFound
from services.monitoring.risks.queries import OF_HEALTH
from services.monitoring.risks.schemas import RiskOut
from shared.http.dependencies import Call, Purpose, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.security.actor import PERSONAL, RegionNotAllowed

router = APIRouter(prefix="/risks", tags=["risks 风险"])
READ = "monitoring:read"


@router.get(
    "",
    operation_id="listRisks",
    summary="Risks of your region, the newest first",
    responses=responses(RegionNotAllowed),
)
async def list_risks(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.RiskList, Query()],
    _purpose: Purpose = None,
) -> Page[RiskOut]:
    """Filter by household, region, kind, status or grade. Who sees whose diagnoses is audited."""
    shown = await call.page(queries.risks, asked)
    await _record_looks(call, shown.items)
    return shown


@router.get("/{risk_id}", operation_id="getRisk", summary="A risk with its reasons", responses=responses(RiskNotFound))
async def get_risk(risk_id: UUID, call: Annotated[Call, calling(READ)], _purpose: Purpose = None) -> RiskOut:
    """Every reason names its rule, the figures it saw and the parameters. Who sees whose diagnosis it is is audited."""
    found = await call.query(queries.risk, risk_id)
    await _record_looks(call, [found])
    return found


async def _record_looks(call: Call, shown: Sequence[RiskOut]) -> None:
    """Keep who saw of which households who is ill, and of what."""
    if call.actor.may(PERSONAL):
        await call.record_looks({risk.household_code for risk in shown if risk.kind in OF_HEALTH})
