"""Routes of the household registry."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.monitoring.households import queries
from services.monitoring.households.commands.end import end_household
from services.monitoring.households.commands.register import put_household
from services.monitoring.households.errors import EndContradicts, EndInvalid, HouseholdInvalid, MaskedValue
from services.monitoring.households.queries import household_for
from services.monitoring.households.schemas import EndIn, HouseholdIn, HouseholdOut, IncomeOut, VerdictsOut
from services.monitoring.ledger.errors import HouseholdNotFound
from shared.db.spelling import CodeInOtherSpelling
from shared.errors import HouseholdHasEnded
from shared.http.dependencies import Call, Purpose, calling
from shared.http.fields import HouseholdCode
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.months import MAX_MONTH, first_day
from shared.policy.parameters import PolicyValueMissing
from shared.registers.api import answered, put_responses
from shared.security.actor import PERSONAL, RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(prefix="/households/{household_code}", tags=["households 农户"])
READ, WRITE = "monitoring:read", "monitoring:write"
Code = Annotated[HouseholdCode, Path()]
AsOf = Annotated[dt.date | None, Query(description="Decision date; default the business date", le=first_day(MAX_MONTH))]


@router.put(
    "",
    operation_id="registerHousehold",
    summary="Register a household, or make it what the body says",
    responses=put_responses(
        HouseholdOut,
        HouseholdInvalid,
        MaskedValue,
        HouseholdNotFound,
        HouseholdHasEnded,
        CodeInOtherSpelling,
        VersionChanged,
        RegionNotAllowed,
    ),
)
async def put(
    household_code: Code,
    body: HouseholdIn,
    call: Annotated[Call, calling(WRITE)],
    response: Response,
    version: IfMatch,
    _purpose: Purpose = None,
) -> HouseholdOut:
    """The whole household every time, but for what you may not see: leave it out, and it stays."""
    done = await call.command(put_household, household_code, body, version)
    if done.shows_more_than_told and call.actor.may(PERSONAL):
        await call.record_look(household_code)
    return household_for(call.actor, answered(response, done))


@router.get(
    "",
    operation_id="getHousehold",
    summary="A household; masked unless you hold monitoring:pii",
    responses=responses(HouseholdNotFound),
)
async def get(
    household_code: Code, call: Annotated[Call, calling(READ)], response: Response, _purpose: Purpose = None
) -> HouseholdOut:
    """The registered state. Who sees persons unmasked is audited, with the purpose named in `X-Purpose`."""
    found = await call.query_person(queries.household, household_code, household_code)
    return _shown(call, found, response)


@router.post(
    "/end",
    operation_id="endHousehold",
    summary="End a household that is no more",
    responses={
        201: {"model": HouseholdOut, "description": "Ended"},
        **responses(EndInvalid, HouseholdNotFound, EndContradicts),
    },
)
async def end(
    household_code: Code,
    body: EndIn,
    call: Annotated[Call, calling(WRITE)],
    response: Response,
    _purpose: Purpose = None,
) -> HouseholdOut:
    """Its risks clear, nothing is judged any more, its ledger and history stay. The same again answers 200."""
    done = await call.command(end_household, household_code, body)
    response.status_code = 201 if done.ended else 200
    if call.actor.may(PERSONAL):
        await call.record_look(household_code)
    return _shown(call, done.household, response)


def _shown(call: Call, household: HouseholdOut, response: Response) -> HouseholdOut:
    tag(response, household.version)
    return household_for(call.actor, household)


@router.get(
    "/income",
    operation_id="getHouseholdIncome",
    summary="Income in the window of a date, beside the line of that date",
    responses=responses(HouseholdNotFound, PolicyValueMissing),
)
async def income(household_code: Code, call: Annotated[Call, calling(READ)], as_of: AsOf = None) -> IncomeOut:
    """Net income by branch, per head, with the months that are not known."""
    return await call.query(queries.income, household_code, as_of)


@router.get(
    "/verdicts",
    operation_id="explainVerdicts",
    summary="What every rule says, and why",
    responses=responses(HouseholdNotFound, PolicyValueMissing),
)
async def verdicts(
    household_code: Code, call: Annotated[Call, calling(READ)], as_of: AsOf = None, _purpose: Purpose = None
) -> VerdictsOut:
    """Explains; changes nothing. Who sees whose diagnosis a verdict rests on is audited."""
    return await call.query_person(queries.verdicts, household_code, household_code, as_of)
