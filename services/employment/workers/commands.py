"""Keeping the workers: a read model of the households' own events."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.employment.models import HOUSEHOLDS, REQUESTS, Worker
from services.employment.placements.commands.end import end_work_of_those_who_left
from services.employment.vacancies.rules import WORKING_AGE, WorkingAge
from services.employment.workers.rules.persons import KnownWorker, day_of_birth, is_able, new_worker_id, recognise
from shared.contracts.codes import WorkerStatus
from shared.contracts.envelope import Event
from shared.contracts.monitoring import HouseholdEnded, HouseholdMember, HouseholdState
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.policy.loader import NATIONAL

Told = HouseholdState | HouseholdEnded
"""What a household's own event says: how it is, or that it is no more."""

_WORKERS, _KNOWN = table_of(Worker), HOUSEHOLDS.table
_VERSIONS = sa.select(_KNOWN.c.code, _KNOWN.c.version).where(is_one_of(_KNOWN.c.code, "codes"))
_HELD = (
    sa.select(_WORKERS.c.household_code, *(_WORKERS.c[name] for name in KnownWorker._fields))
    .where(is_one_of(_WORKERS.c.household_code, "codes"))
    .order_by(_WORKERS.c.id)
    .with_for_update()
)
_RETIRED = sa.update(_WORKERS).where(
    (_WORKERS.c.household_code == sa.bindparam("of_household")) & (_WORKERS.c.version < sa.bindparam("newer"))
)
_ONLY_OURS = frozenset({"id", "household_code", "status"})
"""What a household event does not change: whether the worker has work is not its business."""


class _Change(NamedTuple):
    """What the newest event of one household means for its workers."""

    event: Event[Told]
    rows: list[dict[str, Any]]
    left: list[KnownWorker]
    """Who belongs to the household no more."""
    freed: list[int]
    """Numbers that stand no longer for whom they stood for."""


def keep_workers(uow: UnitOfWork, events: Sequence[Event[Told]]) -> None:
    """Bring the workers of these households to the newest state seen. Safe to repeat and in any order.

    A member who can work no more is kept with what was earned and is listed no longer. Whoever is gone, because the
    household names the person no more, gave the number to somebody else, or ended itself, is placed no longer either:
    the placement ends, and what was asked for this member is refused.
    """
    HOUSEHOLDS.remember(uow, events)
    newest = _newest(uow, events)
    known = _hold(uow, newest)
    changes = [_change(event, known[code]) for code, event in sorted(newest.items())]
    rows = sorted((row for change in changes for row in change.rows), key=lambda row: row["id"])
    execute_rows(uow.connection, _keeping(uow.connection.dialect.name), rows)
    execute_rows(uow.connection, _RETIRED, [_retired(change.event.data) for change in changes])
    left = {
        worker.id: (_last_day(uow, change.event.data), change.event.caused())
        for change in changes
        for worker in change.left
    }
    REQUESTS.refuse_for_members(uow, {(c.event.data.household_code, number) for c in changes for number in c.freed})
    end_work_of_those_who_left(uow, left)


def end_households(uow: UnitOfWork, events: Sequence[Event[HouseholdEnded]]) -> None:
    """Retire the workers of households that are no more, and refuse what was asked for them. Safe to repeat."""
    keep_workers(uow, events)
    REQUESTS.end_households(uow, events)


def working_age(reading: Reading, region_code: str) -> WorkingAge:
    """The working age 劳动年龄 of a region, or of the country where none is given. Raises PolicyValueMissing."""
    ages = reading.policy.at(region_code or NATIONAL, reading.today()).value(WORKING_AGE).value
    return WorkingAge(ages["min"], ages["max"])


def _newest(uow: UnitOfWork, events: Sequence[Event[Told]]) -> Mapping[str, Event[Told]]:
    """The events, by household, that say the newest that is known of it."""
    codes = {event.data.household_code for event in events}
    versions = {row.code: row.version for row in uow.connection.execute(_VERSIONS, {"codes": list(codes)})}
    return {
        event.data.household_code: event
        for event in events
        if event.data.version == versions[event.data.household_code]
    }


def _hold(uow: UnitOfWork, codes: Collection[str]) -> Mapping[str, list[KnownWorker]]:
    """The workers of these households as they were, those who left included, locked."""
    known: defaultdict[str, list[KnownWorker]] = defaultdict(list)
    for household_code, *worker in uow.connection.execute(_HELD, {"codes": list(codes)}):
        known[household_code].append(KnownWorker(*worker))
    return known


def _change(event: Event[Told], known: Sequence[KnownWorker]) -> _Change:
    told = event.data
    members = told.members if isinstance(told, HouseholdState) else ()
    found = recognise(known, members)
    number_now = {worker.id: number for number, worker in found.items()}
    taken = {worker.id for worker in known}
    rows = [
        _row(told, member, found.get(member.member_no), taken)
        for member in members
        if is_able(member) or member.member_no in found
    ]
    present = [worker for worker in known if worker.present]
    left = [worker for worker in present if worker.id not in number_now]
    freed = [worker.member_no for worker in present if number_now.get(worker.id) != worker.member_no]
    return _Change(event, rows, left, freed)


def _row(told: Told, member: HouseholdMember, known: KnownWorker | None, taken: Collection[Any]) -> dict[str, Any]:
    return {
        "id": known.id if known else new_worker_id(told.household_code, member, taken),
        "household_code": told.household_code,
        "region_code": told.region_code,
        "member_no": member.member_no,
        "person_id": member.person_id or (known and known.person_id),
        "sex": member.sex,
        "birth_year": member.birth_year,
        "born_on": day_of_birth(known, member),
        "labour": member.labour,
        "student": member.student,
        "present": True,
        "active": is_able(member),
        "version": told.version,
        "status": WorkerStatus.IDLE,
    }


def _retired(told: Told) -> dict[str, Any]:
    """Whoever a household does not name any more; what they did stays with it, wherever it lives."""
    said = {"of_household": told.household_code, "newer": told.version, "version": told.version}
    return said | {"region_code": told.region_code, "present": False, "active": False}


def _last_day(uow: UnitOfWork, told: Told) -> dt.date:
    return min(told.ended_on, uow.today()) if isinstance(told, HouseholdEnded) else uow.today()


def _keeping(dialect: str) -> sa.Insert:
    statement = insert_into(_WORKERS, dialect)
    newer = {column.name: statement.excluded[column.name] for column in _WORKERS.c if column.name not in _ONLY_OURS}
    return statement.on_conflict_do_update(
        index_elements=["id"], set_=newer, where=_WORKERS.c.version < statement.excluded.version
    )
