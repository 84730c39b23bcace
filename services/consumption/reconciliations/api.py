"""Routes of reconciliation files."""

import hashlib
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from services.consumption.buyers.errors import BuyerOfAnotherClient
from services.consumption.buyers.schemas import BuyerCode
from services.consumption.reconciliations import queries
from services.consumption.reconciliations.errors import ReconciliationNotFound
from services.consumption.reconciliations.sheets import RECONCILIATION
from shared.http.dependencies import Call, calling
from shared.http.fields import Day
from shared.http.files import named_file
from shared.http.problems import responses
from shared.sheets.writing import CSV_TYPE
from shared.words.language import speaking

router = APIRouter(prefix="/reconciliations", tags=["reconciliations 对账文件"])
READ = "consumption:read"
CHECKSUM: Final = "X-Content-SHA256"
"""The header that holds the checksum of the file, as it is before it is packed."""
_FILE: Final = {
    "content": {"text/csv": {"schema": {"type": "string"}}},
    "headers": {CHECKSUM: {"schema": {"type": "string"}, "description": "SHA-256 of the file, hexadecimal"}},
}


@router.get(
    "/{date}",
    operation_id="getReconciliation",
    summary="The orders that changed on a day, as a file with its checksum",
    response_class=Response,
    responses={200: _FILE, **responses(ReconciliationNotFound, BuyerOfAnotherClient)},
)
async def get(
    date: Annotated[Day, Path()],
    call: Annotated[Call, calling(READ)],
    buyer_code: Annotated[BuyerCode | None, Query()] = None,
) -> Response:
    """CSV: where each order stood at the end of the day, and what was settled and restated of it on that day.

    A day that is over has one file, whenever it is asked for.
    """
    language = speaking.get()
    content = await call.query(queries.reconciliation, date, buyer_code, language)
    named = named_file(RECONCILIATION, "csv", language, date.isoformat())
    checksum = {CHECKSUM: hashlib.sha256(content).hexdigest()}
    return Response(content, media_type=CSV_TYPE, headers={**named, **checksum})
