"""Whom monitoring held on a day, in SQL."""

import datetime as dt

import sqlalchemy as sa

from services.monitoring.as_of.store import households_on
from services.monitoring.models.cases import Case
from shared.codes.monitoring import CaseKind, CaseStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

_CASES = table_of(Case)


def monitored_on(reading: Reading, day: dt.date) -> sa.Subquery:
    """The households that were monitored 监测对象 at the end of a day, with class and day of admission.

    They had been admitted by then, and no elimination that was not rolled back by then had been approved. An approval
    counts from its day on once it is entered. Columns: household_code, household_class, admitted_on, region_code,
    member_count, able_workers, dibao.
    """
    there, gone = households_on(reading, day), _CASES.alias()
    of_it = (gone.c.household_code == _CASES.c.household_code) & (gone.c.episode == _CASES.c.episode)
    eliminated = sa.exists().where(of_it, has_eliminated(gone, day), gone.c.approved_on <= day)
    return (
        sa.select(
            _CASES.c.household_code,
            _CASES.c.household_class,
            _CASES.c.approved_on.label("admitted_on"),
            there.c.region_code,
            there.c.member_count,
            there.c.able_workers,
            there.c.dibao,
        )
        .join(there, there.c.code == _CASES.c.household_code)
        .where(_CASES.c.kind == CaseKind.IDENTIFICATION, _CASES.c.status == CaseStatus.MONITORED)
        .where(_CASES.c.approved_on <= day, ~eliminated)
        .subquery("monitored")
    )


def is_monitored_on(reading: Reading, code: str, day: dt.date) -> bool:
    """Whether a household was monitored at the end of a day."""
    monitored = monitored_on(reading, day)
    found = sa.select(monitored.c.household_code).where(monitored.c.household_code == code).limit(1)
    return reading.connection.scalar(found) is not None


def has_eliminated(cases: sa.FromClause, day: dt.date) -> sa.ColumnElement[bool]:
    """Whether a case is an elimination that was not rolled back by a day."""
    rolled_back_later = (cases.c.status == CaseStatus.ROLLED_BACK) & (cases.c.stepped_on > day)
    return (cases.c.kind == CaseKind.ELIMINATION) & ((cases.c.status == CaseStatus.ELIMINATED) | rolled_back_later)
