"""What every process answers about itself, whatever it does: health, readiness and metrics."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from shared.house import House

router = APIRouter(tags=["operations"])


@router.get("/healthz", summary="The process is alive")
async def healthz() -> dict[str, str]:
    """Neither database nor bus is asked."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    summary="Every house of the process can do its work",
    responses={503: {"description": "`not_ready` says which house lacks what"}},
)
async def readyz(request: Request) -> JSONResponse:
    """Each house is asked: its databases, its bus, its background work."""
    houses: Sequence[House] = request.state.houses
    missing = {house.name: reasons for house in houses if (reasons := await house.not_ready())}
    document = {"status": "unavailable" if missing else "ok", "not_ready": missing}
    return JSONResponse(document, status_code=503 if missing else 200)


@router.get(
    "/metrics",
    summary="Prometheus metrics of the process",
    response_class=PlainTextResponse,
    responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}},
)
async def metrics() -> Response:
    """In the text format of Prometheus; docs/metrics.md names them all."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
