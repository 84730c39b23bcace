"""Keeping the workers: a read model of the households' own events."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.employment.models import HOUSEHOLDS, Worker
from services.employment.rules import WORKING_AGE, WorkingAge, is_able
from shared.contracts.codes import WorkerStatus
from shared.contracts.envelope import Event
from shared.contracts.monitoring import HouseholdState
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import derived_id
from shared.policy.loader import NATIONAL

_WORKERS, _KNOWN = table_of(Worker), HOUSEHOLDS.table
_VERSIONS = sa.select(_KNOWN.c.code, _KNOWN.c.version).where(is_one_of(_KNOWN.c.code, "codes"))
_RETIRED = sa.update(_WORKERS).where(
    (_WORKERS.c.household_code == sa.bindparam("of_household")) & (_WORKERS.c.version < sa.bindparam("newer"))
)
_FROM_THE_HOUSEHOLD = ("region_code", "sex", "birth_year", "labour", "student", "active", "version")
"""What a household event says; whether the worker has work is not its business."""


def keep_workers(uow: UnitOfWork, events: Sequence[Event[HouseholdState]]) -> None:
    """Bring the workers of these households to the newest state seen. Safe to repeat and in any order.

    A member who is gone, or can work no more, is kept with what was earned and is listed no longer.
    """
    HOUSEHOLDS.remember(uow, events)
    codes = {event.data.household_code for event in events}
    newest = {row.code: row.version for row in uow.connection.execute(_VERSIONS, {"codes": list(codes)})}
    states = {
        event.data.household_code: event.data
        for event in events
        if event.data.version == newest[event.data.household_code]
    }
    rows = [row for _, state in sorted(states.items()) for row in _rows(state)]
    execute_rows(uow.connection, _keeping(uow.connection.dialect.name), sorted(rows, key=lambda row: row["id"]))
    retired = [
        {"of_household": code, "newer": state.version, "version": state.version}
        | {"region_code": state.region_code, "active": False}
        for code, state in sorted(states.items())
    ]
    execute_rows(uow.connection, _RETIRED, retired)


def working_age(reading: Reading, region_code: str) -> WorkingAge:
    """The working age 劳动年龄 of a region, or of the country where none is given. Raises PolicyValueMissing."""
    ages = reading.policy.at(region_code or NATIONAL, reading.today()).value(WORKING_AGE).value
    return WorkingAge(ages["min"], ages["max"])


def _rows(state: HouseholdState) -> list[dict[str, Any]]:
    return [
        {
            "id": derived_id("worker", state.household_code, member.member_no),
            "household_code": state.household_code,
            "region_code": state.region_code,
            "member_no": member.member_no,
            "sex": member.sex,
            "birth_year": member.birth_year,
            "labour": member.labour,
            "student": member.student,
            "active": True,
            "version": state.version,
            "status": WorkerStatus.IDLE,
        }
        for member in state.members
        if is_able(member)
    ]


def _keeping(dialect: str) -> sa.Insert:
    statement = insert_into(_WORKERS, dialect)
    newer = {name: statement.excluded[name] for name in _FROM_THE_HOUSEHOLD}
    return statement.on_conflict_do_update(
        index_elements=["id"], set_=newer, where=_WORKERS.c.version < statement.excluded.version
    )
