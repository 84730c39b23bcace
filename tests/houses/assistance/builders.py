"""What tests of assistance ask for and hear: measures on a task, answers to them, households and their money."""

import datetime as dt
from typing import Any, TypeVar
from uuid import UUID

import httpx

from shared.codes.assistance import MeasureKind
from shared.codes.monitoring import IncomeBranch
from shared.contracts.help import IncomeCredit, MeasureAnswer
from shared.contracts.monitoring import HouseholdRegistered
from shared.ids import derived_id
from shared.months import parse_month
from tests.builders import HOUSEHOLD, REGION, TODAY, household_member, household_registered

TASK_ID = derived_id("task", HOUSEHOLD, "below_line", 1)
TASK = f"/assistance/v1/tasks/{TASK_ID}"
MEASURES = "/assistance/v1/measures"
DISBURSEMENTS = "/assistance/v1/disbursements"
STORY = f"/assistance/v1/households/{HOUSEHOLD}/story"
JOB: dict[str, Any] = {"kind": "job"}
CASH: dict[str, Any] = {"kind": "transfer", "amount": "500.00"}
TO_THE_END: tuple[dict[str, Any], ...] = (
    {"action": "accept"},
    {"action": "start"},
    {"action": "verify", "verdict": "confirmed"},
    {"action": "close"},
)

AnswerT = TypeVar("AnswerT", bound=MeasureAnswer)
CreditT = TypeVar("CreditT", bound=IncomeCredit)


def registered(members: int = 4, **changes: Any) -> HouseholdRegistered:
    """A household in the registry, with so many members."""
    return household_registered(*map(household_member, range(1, members + 1)), **changes)


async def ask(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    """Ask for a measure on the task of the household: a job unless told otherwise."""
    answer = await client.post(f"{TASK}/measures", json=JOB | body)
    assert answer.status_code == 201, answer.text
    measure: dict[str, Any] = answer.json()
    return measure


async def act(client: httpx.AsyncClient, *steps: dict[str, Any]) -> None:
    """Act on the task of the household."""
    for step in steps:
        answer = await client.post(f"{TASK}/transitions", json=step)
        assert answer.status_code == 200, answer.text


def answering(model: type[AnswerT], measure: dict[str, Any], **changes: Any) -> AnswerT:
    """What a helping house says about a measure."""
    fields: dict[str, Any] = {
        "measure_id": UUID(measure["measure_id"]),
        "task_id": TASK_ID,
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "kind": MeasureKind(measure["kind"]),
        "answered_on": TODAY,
    }
    return model(**fields | changes)


def credited(model: type[CreditT], name: str, amount: int, branch: IncomeBranch, **changes: Any) -> CreditT:
    """Money in fen that came home through a helping house, under a name that stands for its id."""
    fields: dict[str, Any] = {
        "credit_id": derived_id("credit", name),
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "branch": branch,
        "month": parse_month("2026-10"),
        "amount": amount,
        "credited_on": dt.date(2026, 11, 15),
    }
    return model(**fields | changes)


def cash(**changes: Any) -> dict[str, Any]:
    """A disbursement as sent over HTTP."""
    document = {
        "source": "civil-affairs",
        "source_ref": "2026-0001",
        "household_code": HOUSEHOLD,
        "measure_id": None,
        "kind": "temporary_relief",
        "month": "2026-11",
        "amount": "500.00",
    }
    return document | changes
