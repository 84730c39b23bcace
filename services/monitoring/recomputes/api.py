"""Routes of recomputing."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.monitoring.recomputes.commands import ask_for_recompute
from services.monitoring.recomputes.schemas import RecomputeIn
from shared.errors import Invalid
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.jobs import JobStarted
from shared.http.problems import responses
from shared.security.actor import OPERATE, RegionNotAllowed

router = APIRouter(prefix="/recomputes", tags=["recomputes 台账复算"])


@router.post(
    "",
    operation_id="startRecompute",
    summary="Compute the ledger of a region once more from its facts; a job does it",
    status_code=202,
    response_model=JobStarted,
    responses=responses(RegionNotAllowed, Invalid),
)
async def start(
    body: RecomputeIn, call: Annotated[Call, calling(OPERATE)], idempotency_key: IdempotencyKey = None
) -> Response:
    """Changes nothing. The result of the job counts the households and the places that differ, and shows the first."""
    return await call.once(
        idempotency_key,
        202,
        lambda uow: JobStarted.of(call.house.name, ask_for_recompute(uow, body.region_code)),
    )
