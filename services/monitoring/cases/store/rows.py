"""Rows of cases: found, and locked with their households."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.cases.errors import CaseNotFound
from services.monitoring.ledger.store import lock_households
from services.monitoring.models import PROCEDURE_STEP
from services.monitoring.models.cases import Case
from shared.codes.monitoring import CLOSED_CASES
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.procedures.rows import Steps
from shared.words.said import says

CASES: Final = table_of(Case)
STEPS: Final = Steps(PROCEDURE_STEP, "case")
_CLOSED = [sa.literal(status.value, sa.String(), literal_execute=True) for status in sorted(CLOSED_CASES)]
IS_OPEN: Final = CASES.c.status.not_in(_CLOSED)
"""Whether somebody waits for a case, in the words of its indexes."""


def find_case(reading: Reading, case_id: UUID) -> Mapping[Any, Any]:
    """The row of a case. Raises CaseNotFound where the caller's region has none."""
    row = reading.connection.execute(sa.select(CASES).where(CASES.c.id == case_id)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise CaseNotFound(says("no-such-case", case=case_id, region=reading.actor.place))
    return row


def lock_case(uow: UnitOfWork, case_id: UUID) -> Case:
    """A case with its household, which is locked before it, as whatever else happens to a household locks it."""
    lock_households(uow, [find_case(uow, case_id)["household_code"]])
    case = uow.session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None or not uow.actor.sees(case.region_code):
        raise CaseNotFound(says("no-such-case", case=case_id, region=uow.actor.place))
    return case


def lock_open_case(uow: UnitOfWork, household_code: str) -> Case | None:
    """The open case of a household, which is locked; None where it has none."""
    mine = sa.select(Case).where(CASES.c.household_code == household_code, IS_OPEN)
    locked = mine.order_by(CASES.c.id).with_for_update().execution_options(populate_existing=True)
    return uow.session.scalars(locked).one_or_none()
