"""Routes of the exchange with other platforms."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from services.monitoring.exchange import queries
from services.monitoring.exchange.commands import put_external_code
from services.monitoring.exchange.errors import (
    ExternalCodeInvalid,
    ExternalCodeNotFound,
    ExternalCodeTaken,
    PlatformNotFound,
)
from services.monitoring.exchange.schemas import (
    Exchanged,
    ExchangeQuery,
    ExchangeReport,
    ExternalCodeIn,
    ExternalCodeOut,
)
from services.monitoring.exchange.sheets import HELD_BACK, UPLOADS
from services.monitoring.ledger.errors import HouseholdNotFound
from shared.codes.monitoring import ExchangeSystem
from shared.errors import Invalid
from shared.http.dependencies import Call, Purpose, calling
from shared.http.fields import HouseholdCode
from shared.http.problems import responses
from shared.http.reports import Leaf, head_of, report_answer
from shared.http.versions import IfMatch, tag
from shared.lists.portions import Portion
from shared.mappings.applying import mapped, refuse_mapping
from shared.registers.api import answered, put_responses
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(tags=["exchange 数据交换"])
READ, WRITE = "monitoring:read", "monitoring:write"
Code = Annotated[HouseholdCode, Path()]
_CODE = "/households/{household_code}/external-codes/{system}"


@router.put(
    _CODE,
    operation_id="putExternalCode",
    summary="Keep under which code another platform knows a household",
    responses=put_responses(ExternalCodeOut, ExternalCodeInvalid, HouseholdNotFound, ExternalCodeTaken, VersionChanged),
)
async def put(
    household_code: Code,
    system: ExchangeSystem,
    body: ExternalCodeIn,
    call: Annotated[Call, calling(WRITE)],
    expected: IfMatch,
    response: Response,
) -> ExternalCodeOut:
    """One household has a code of a platform, and no other one has the same. Null takes it away."""
    return answered(response, await call.command(put_external_code, household_code, system, body, expected))


@router.get(
    _CODE,
    operation_id="getExternalCode",
    summary="Under which code another platform knows a household",
    responses=responses(HouseholdNotFound, ExternalCodeNotFound),
)
async def get(
    household_code: Code, system: ExchangeSystem, call: Annotated[Call, calling(READ)], response: Response
) -> ExternalCodeOut:
    """With the version that a change of it may name."""
    found = await call.query(queries.external_code, household_code, system)
    tag(response, found.version)
    return found


@router.get(
    "/reports/exchange-{system}",
    operation_id="getExchangeReport",
    summary="The sheet to upload to another platform, and the households held back",
    response_model=ExchangeReport,
    responses=responses(Invalid, PlatformNotFound, RegionNotAllowed),
)
async def report(
    system: Annotated[str, Path(max_length=32, json_schema_extra={"enum": [one.value for one in ExchangeSystem]})],
    call: Annotated[Call, calling(READ)],
    asked: Annotated[ExchangeQuery, Query()],
    _purpose: Purpose = None,
) -> Response:
    """Households of the platform's province that are there in the period, a line a member.

    Masked unless you hold `monitoring:pii`; who sees them unmasked is audited. A household with an error is held back
    whole, with everything that has to be put right. A file may have the headings and words of the platform.
    """
    sheet = UPLOADS[queries.platform_of(system)]
    if asked.format == "json":
        refuse_mapping(asked.mapping)
    about = queries.exchange_asked(system, asked.region_code, asked.period)
    first = await call.query(queries.exchange_part, about)
    leaves = (Leaf("upload", mapped(call.house.name, sheet, asked.mapping)), Leaf("held_back", HELD_BACK))
    return await report_answer(call, asked, head_of(f"exchange-{system}", asked), leaves, _parts(call, about, first))


async def _parts(
    call: Call, about: queries.ExchangeAsked, part: Portion[Exchanged]
) -> AsyncIterator[Sequence[Sequence[BaseModel]]]:
    """The lines of both sheets, part by part; who sees persons in clear is recorded before they are sent."""
    while True:
        await call.record_looks([each.household.household_code for each in part.items])
        held_back = [line for each in part.items for line in each.held_back()]
        yield [line for each in part.items for line in each.upload()], held_back
        if part.key is None:
            return
        part = await call.query(queries.exchange_part, about, part.key)
