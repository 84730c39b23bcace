"""Judging without a fact: because time went on, or because an operator asks for all."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.ledger.rules.income import window_months
from services.monitoring.ledger.store import load_dossiers, write_windows
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow
from services.monitoring.risks.commands.judge import judge_households
from services.monitoring.risks.rules.triggers import Trigger
from services.monitoring.risks.store.verdicts import rule_parameters
from services.monitoring.screenings.store import load_undecided_households
from shared.codes.operations import JobStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import House
from shared.jobs.running import run_to_the_end
from shared.jobs.work import Document, Part, Standing, Work
from shared.operations import OPERATOR, print_lines

BATCH = 500
_NATIONAL = "000000000000"
_HOUSEHOLDS = table_of(Household)


def screen_households(uow: UnitOfWork, codes: Sequence[str], on: date) -> None:
    """Judge these households as of a date, with the rules and the care of a single fact."""
    dossiers = list(load_dossiers(uow, codes, lock=True).values())
    trigger = Trigger("screening", uow.context)
    judge_households(uow, dossiers, on, {code: [trigger] for code in codes})
    write_windows(uow, dossiers)


def count_households(reading: Reading, _: Document) -> int:
    """How many households a screening looks at: all that there are."""
    return reading.connection.scalar(sa.select(sa.func.count()).where(_HOUSEHOLDS.c.ended_on.is_(None))) or 0


def screen_part(uow: UnitOfWork, standing: Standing) -> Part:
    """Screen the next households 集中排查, in the order of their codes, as of the day that was asked for.

    A household that is no more is not among them.
    """
    on, last = date.fromisoformat(standing.asked["as_of"]), standing.position or ""
    following = sa.select(_HOUSEHOLDS.c.code).where(_HOUSEHOLDS.c.code > last, _HOUSEHOLDS.c.ended_on.is_(None))
    codes = uow.connection.scalars(following.order_by(_HOUSEHOLDS.c.code).limit(BATCH)).all()
    screen_households(uow, codes, on)
    screened = standing.result.get("households", 0) + len(codes)
    result = {"households": screened, "as_of": standing.asked["as_of"]}
    return Part(codes[-1] if codes else last, len(codes), result, ended=len(codes) < BATCH)


SCREENING = Work(count_households, screen_part)


def roll_windows(uow: UnitOfWork) -> bool:
    """Judge households whose window moved with the month: income leaves it without any event.

    Does a bounded part and tells whether more is waiting. Windows that were never judged, because nothing but history
    came in, are due anyway: see `screen_due`.
    """
    anchor = _anchor(uow)
    codes = list(
        uow.connection.scalars(
            sa.select(HouseholdWindow.household_code)  # type: ignore[call-overload]
            .join(Household, col(Household.code) == col(HouseholdWindow.household_code))
            .where(col(HouseholdWindow.anchor) > 0, col(HouseholdWindow.anchor) < anchor)
            .where(col(Household.ended_on).is_(None))
            .order_by(col(HouseholdWindow.household_code))
            .limit(BATCH)
        )
    )
    screen_households(uow, codes, uow.today())
    return len(codes) == BATCH


def screen_due(uow: UnitOfWork) -> bool:
    """Judge households with something unjudged from an earlier day: history that came in, a day that was to come.

    Does a bounded part and tells whether more is waiting.
    """
    window, household = table_of(HouseholdWindow), table_of(Household)
    due = (
        sa.select(window.c.household_code)
        .join(household, household.c.code == window.c.household_code)
        .where(window.c.due_after < uow.today(), household.c.ended_on.is_(None))
    )
    codes = uow.connection.scalars(due.order_by(window.c.household_code).limit(BATCH)).all()
    screen_households(uow, codes, uow.today())
    return len(codes) == BATCH


def _anchor(uow: UnitOfWork) -> int:
    parameters = rule_parameters(uow.policy, _NATIONAL, uow.today())
    assert parameters.window_months is not None, "the national pack says how long the window is"
    return window_months(uow.today(), parameters.window_months)[1]


async def screen_all(house: House) -> int:
    """Judge every household as of the business date 集中排查; exit code 0. What was begun before is ended first."""
    asked = {"as_of": house.database.resources.clock.today().isoformat()}
    job = await run_to_the_end(house.database, {"screening": SCREENING}, "screening", asked, OPERATOR)
    print_lines([{"operation": "screen", **job["result"]}])
    return 0 if job["status"] == JobStatus.DONE else 1


def record_undecided(uow: UnitOfWork) -> bool:
    """Record once a day, in the log and the audit, which policy value is missing where, and who waits for it."""
    audit, today = uow.system_tables.audit, uow.today()
    for (key, county), households in sorted(load_undecided_households(uow).items()):
        subject = f"{key} {county} {today}"
        if not uow.connection.scalar(sa.select(sa.exists().where(audit.c.subject == subject))):
            uow.audit("policy.undecided", subject, after={"households": households})
            uow.log_after_commit("policy.undecided", key=key, region=county, date=str(today), households=households)
    return False
