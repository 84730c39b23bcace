"""Judging without a fact: because time went on, or because an operator asks for all."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.ledger.rules import window_months
from services.monitoring.ledger.store import load_files, store_windows
from services.monitoring.models import Household, HouseholdWindow
from services.monitoring.risks.commands.judge import judge_households, rule_parameters
from services.monitoring.risks.rules.triggers import Lead
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork

BATCH = 500
_NATIONAL = "000000000000"
_HOUSEHOLDS = table_of(Household)


def screen_households(uow: UnitOfWork, codes: Sequence[str], on: date) -> None:
    """Judge these households as of a date, with the rules and the care of a single fact."""
    files = list(load_files(uow, codes, lock=True).values())
    lead = Lead("screening", uow.context)
    judge_households(uow, files, on, {code: [lead] for code in codes})
    store_windows(uow, files)


def screen_after(uow: UnitOfWork, code: str) -> Sequence[str]:
    """Screen the next households after ``code`` 集中排查; returns those screened, none when all are done.

    A household that is no more is not among them.
    """
    codes = uow.connection.scalars(_following(code, BATCH).where(_HOUSEHOLDS.c.ended_on.is_(None))).all()
    screen_households(uow, codes, uow.today())
    return codes


def households_after(reading: Reading, code: str, limit: int) -> Sequence[str]:
    """The next household codes after ``code``, in order: also of households that are no more."""
    return reading.connection.scalars(_following(code, limit)).all()


def _following(code: str, limit: int) -> sa.Select[Any]:
    codes = _HOUSEHOLDS.c.code
    return sa.select(codes).where(codes > code).order_by(codes).limit(limit)


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
    parameters, _ = rule_parameters(uow.policy, _NATIONAL, uow.today())
    assert parameters.window_months is not None, "the national pack says how long the window is"
    return window_months(uow.today(), parameters.window_months)[1]
