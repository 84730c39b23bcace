"""Routes of the household registry."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.monitoring import queries
from services.monitoring.commands.households import put_household
from services.monitoring.errors import HouseholdInvalid, HouseholdNotFound
from services.monitoring.schemas import HouseholdIn, HouseholdOut, IncomeOut, VerdictsOut
from shared.http.dependencies import Call, calling
from shared.http.fields import HouseholdCode
from shared.http.problems import responses
from shared.months import MAX_MONTH, first_day
from shared.policy.parameters import PolicyValueMissing
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/households/{household_code}", tags=["households 农户"])
READ, WRITE = "monitoring:read", "monitoring:write"
Code = Annotated[HouseholdCode, Path()]
AsOf = Annotated[dt.date | None, Query(description="Decision date; default the business date", le=first_day(MAX_MONTH))]


@router.put(
    "",
    summary="Register a household, or make it what the body says",
    responses={
        201: {"model": HouseholdOut, "description": "New"},
        **responses(HouseholdInvalid, HouseholdNotFound, RegionNotAllowed),
    },
)
async def put(
    household_code: Code, body: HouseholdIn, call: Annotated[Call, calling(WRITE)], response: Response
) -> HouseholdOut:
    """The whole household every time; the same again changes nothing."""
    done = await call.command(put_household, household_code, body)
    response.status_code = 201 if done.created else 200
    return done.household if call.actor.may(queries.PERSONAL) else queries.masked(done.household)


@router.get(
    "",
    summary="A household; names and ids masked unless you hold monitoring:pii",
    responses=responses(HouseholdNotFound),
)
async def get(household_code: Code, call: Annotated[Call, calling(READ)]) -> HouseholdOut:
    """The registered state."""
    return await call.query(queries.household, household_code)


@router.get(
    "/income",
    summary="Income in the window of a date, beside the line of that date",
    responses=responses(HouseholdNotFound, PolicyValueMissing),
)
async def income(household_code: Code, call: Annotated[Call, calling(READ)], as_of: AsOf = None) -> IncomeOut:
    """Net income by branch, per head, with the months that are not known."""
    return await call.query(queries.income, household_code, as_of)


@router.get(
    "/verdicts", summary="What every rule says, and why", responses=responses(HouseholdNotFound, PolicyValueMissing)
)
async def verdicts(household_code: Code, call: Annotated[Call, calling(READ)], as_of: AsOf = None) -> VerdictsOut:
    """Explains; changes nothing."""
    return await call.query(queries.verdicts, household_code, as_of)
