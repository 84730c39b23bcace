"""Routes of batches."""

import io
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

import segno
from fastapi import APIRouter, Path, Query, Response

from services.consumption.batches import queries
from services.consumption.batches.commands import put_batch
from services.consumption.batches.errors import BatchInUse, BatchInvalid, BatchNotFound
from services.consumption.batches.schemas import BatchCode, BatchIn, BatchOut
from services.consumption.products.errors import ProductNotFound
from shared.db.spelling import CodeInOtherSpelling
from shared.errors import HouseholdHasEnded
from shared.helping.households import HouseholdUnknown
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.lists.page import Page
from shared.registers.api import answered, put_responses
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(prefix="/batches", tags=["batches 批次"])
WRITE, APPROVE = "consumption:write", "consumption:approve"
Code = Annotated[BatchCode, Path()]
_LABEL_TYPES: Final = {"svg": "image/svg+xml", "png": "image/png"}
_SCALE: Final = 8
"""Points of a picture a module: a telephone reads it from a crate."""


@router.put(
    "/{batch_code}",
    operation_id="registerBatch",
    summary="Register a batch, or make it what the body says",
    responses=put_responses(
        BatchOut,
        BatchInvalid,
        BatchNotFound,
        ProductNotFound,
        HouseholdUnknown,
        HouseholdHasEnded,
        BatchInUse,
        CodeInOtherSpelling,
        VersionChanged,
    ),
)
async def put(
    batch_code: Code, body: BatchIn, call: Annotated[Call, calling(WRITE)], expected: IfMatch, response: Response
) -> BatchOut:
    """The whole batch every time; the same again changes nothing. What was shipped of it stays."""
    done = await call.command(put_batch, batch_code, body, expected)
    return answered(response, replace(done, shown=done.shown.led_to(call.house.settings.base_url)))


@router.get(
    "",
    operation_id="listBatches",
    summary="Batches, by code",
    response_model=Page[BatchOut],
    responses=responses(RegionNotAllowed),
)
async def list_batches(
    call: Annotated[Call, calling(WRITE, APPROVE)], asked: Annotated[queries.BatchList, Query()]
) -> Page[BatchOut] | Response:
    """For the supply side: buyers follow the trace code."""
    return await call.page(queries.batches, asked, call.house.settings.base_url)


@router.get("/{batch_code}", operation_id="getBatch", summary="A batch", responses=responses(BatchNotFound))
async def get(batch_code: Code, call: Annotated[Call, calling(WRITE, APPROVE)], response: Response) -> BatchOut:
    """With its inspections and the households it came from."""
    found = await call.query(queries.batch, batch_code)
    tag(response, found.version)
    return found.led_to(call.house.settings.base_url)


@router.get(
    "/{batch_code}/label",
    operation_id="getBatchLabel",
    summary="The label of a batch: a QR code of its trace address, and nothing else",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in _LABEL_TYPES.values()}}, **responses(BatchNotFound)},
)
async def label(
    batch_code: Code,
    call: Annotated[Call, calling(WRITE, APPROVE)],
    form: Annotated[Literal["svg", "png"], Query(alias="format")] = "svg",
) -> Response:
    """To be printed on crates and bags."""
    found = await call.query(queries.batch, batch_code)
    picture = io.BytesIO()
    segno.make_qr(found.led_to(call.house.settings.base_url).trace_url).save(picture, kind=form, scale=_SCALE)
    return Response(picture.getvalue(), media_type=_LABEL_TYPES[form])


@router.get(
    "/{batch_code}/events",
    operation_id="listBatchEvents",
    summary="What happened to a batch, as an EPCIS 2.0 document",
    responses=responses(BatchNotFound),
)
async def events(batch_code: Code, call: Annotated[Call, calling(WRITE, APPROVE)]) -> dict[str, Any]:
    """Object events: commissioning, inspecting, shipping, receiving."""
    return await call.query(queries.epcis_events, batch_code, call.house.settings.base_url)
