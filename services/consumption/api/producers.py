"""Routes of producers."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.consumption import queries
from services.consumption.commands.register import put_producer
from services.consumption.errors import ProducerInvalid, ProducerNotFound
from services.consumption.schemas import ProducerCode, ProducerIn, ProducerOut
from shared.helping.households import HouseholdUnknown
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/producers/{producer_code}", tags=["producers 供应主体"])
WRITE, APPROVE = "consumption:write", "consumption:approve"
Code = Annotated[ProducerCode, Path()]


@router.put(
    "",
    summary="Register a producer with its households, or make it what the body says",
    responses={
        201: {"model": ProducerOut, "description": "New"},
        **responses(ProducerInvalid, ProducerNotFound, HouseholdUnknown, RegionNotAllowed),
    },
)
async def put(
    producer_code: Code, body: ProducerIn, call: Annotated[Call, calling(WRITE)], response: Response
) -> ProducerOut:
    """The whole producer every time; the same again changes nothing. Orders keep the shares they were placed with."""
    done = await call.command(put_producer, producer_code, body)
    response.status_code = 201 if done.created else 200
    return done.producer


@router.get("", summary="A producer with the households linked to it", responses=responses(ProducerNotFound))
async def get(producer_code: Code, call: Annotated[Call, calling(APPROVE)]) -> ProducerOut:
    """For the supply side: buyers are not told which households are behind a product."""
    return await call.query(queries.producer, producer_code)
