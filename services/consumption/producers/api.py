"""Routes of producers."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.consumption.producers import queries
from services.consumption.producers.commands import put_producer
from services.consumption.producers.errors import ProducerInvalid, ProducerNotFound
from services.consumption.producers.schemas import ProducerCode, ProducerIn, ProducerOut
from shared.db.spelling import CodeInOtherSpelling
from shared.errors import HouseholdHasEnded
from shared.helping.households import HouseholdUnknown
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.registers.api import answered, put_responses
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(prefix="/producers/{producer_code}", tags=["producers 经营主体"])
WRITE, APPROVE = "consumption:write", "consumption:approve"
Code = Annotated[ProducerCode, Path()]


@router.put(
    "",
    operation_id="registerProducer",
    summary="Register a producer with its households, or make it what the body says",
    responses=put_responses(
        ProducerOut,
        ProducerInvalid,
        ProducerNotFound,
        HouseholdUnknown,
        HouseholdHasEnded,
        RegionNotAllowed,
        CodeInOtherSpelling,
        VersionChanged,
    ),
)
async def put(
    producer_code: Code, body: ProducerIn, call: Annotated[Call, calling(WRITE)], expected: IfMatch, response: Response
) -> ProducerOut:
    """The whole producer every time; the same again changes nothing. Orders keep the shares they were placed with."""
    return answered(response, await call.command(put_producer, producer_code, body, expected))


@router.get(
    "",
    operation_id="getProducer",
    summary="A producer with the households linked to it",
    responses=responses(ProducerNotFound),
)
async def get(producer_code: Code, call: Annotated[Call, calling(APPROVE)], response: Response) -> ProducerOut:
    """For the supply side: buyers are not told which households are behind a product."""
    found = await call.query(queries.producer, producer_code)
    tag(response, found.version)
    return found
