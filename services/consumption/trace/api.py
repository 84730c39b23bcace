"""The route of trace codes, which needs no token."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Response
from starlette.responses import HTMLResponse

from services.consumption.trace import queries
from services.consumption.trace.errors import TraceCodeNotFound
from services.consumption.trace.schemas import TraceOut
from services.consumption.trace.sheets import TRACE
from shared.http.problems import responses
from shared.http.public import FOR_EVERYBODY, Visiting
from shared.sheets.pages import page_of
from shared.words.language import speaking

router = APIRouter(prefix="/trace", tags=["trace 溯源"])
TraceCode = Annotated[str, Path(max_length=64, description="追溯码, as the label leads to it")]
_HTML: Final = "text/html"


@router.get(
    "/{trace_code}",
    operation_id="getTrace",
    summary="What a label tells whoever scans it: without a token, as JSON or as a page",
    response_model=TraceOut,
    responses={200: {"content": {_HTML: {}}}, **responses(TraceCodeNotFound)},
    openapi_extra=FOR_EVERYBODY,
)
async def trace(
    trace_code: TraceCode, visit: Visiting, accept: Annotated[str | None, Header(include_in_schema=False)] = None
) -> Response:
    """`Accept: text/html`, as browsers send it, gets a page. No person and no household is named."""
    found = await visit.query(queries.trace, trace_code)
    if _HTML in (accept or ""):
        return HTMLResponse(page_of(TRACE, found.model_dump(mode="json"), speaking.get()))
    return Response(found.model_dump_json(), media_type="application/json")
