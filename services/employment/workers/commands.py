"""Keeping the workers: a read model of the households' own events."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Worker
from services.employment.workers.rules.persons import KnownWorker, day_of_birth, is_able, new_worker_id, recognise
from services.employment.workers.store import HOUSEHOLDS
from shared.codes.employment import WorkerStatus
from shared.contracts.envelope import Event
from shared.contracts.monitoring import HouseholdEnded, HouseholdMember, HouseholdState
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork

HouseholdNews = HouseholdState | HouseholdEnded
"""What a household's own event says: how it is, or that it is no more."""
_WORKERS, _KNOWN = table_of(Worker), HOUSEHOLDS.table
_SELECT_VERSIONS = sa.select(_KNOWN.c.code, _KNOWN.c.version).where(is_one_of(_KNOWN.c.code, "codes"))
_SELECT_WORKERS_FOR_UPDATE = (
    sa.select(_WORKERS.c.household_code, *(_WORKERS.c[name] for name in KnownWorker._fields))
    .where(is_one_of(_WORKERS.c.household_code, "codes"))
    .order_by(_WORKERS.c.id)
    .with_for_update()
)
_SELECT_ELSEWHERE = sa.select(_WORKERS.c.household_code, _WORKERS.c.person_id).where(
    is_one_of(_WORKERS.c.person_id, "persons"), _WORKERS.c.present
)
_SELECT_PASSING = (
    sa.select(_WORKERS.c.household_code, _WORKERS.c.id, _WORKERS.c.member_no, _WORKERS.c.person_id)
    .where(is_one_of(_WORKERS.c.person_id, "persons"), _WORKERS.c.present)
    .order_by(_WORKERS.c.id)
    .with_for_update()
)
_UPDATE_PASSED_ON = (
    sa.update(_WORKERS)
    .where(_WORKERS.c.id == sa.bindparam("of_worker"))
    .values(
        household_code=sa.bindparam("home"),
        member_no=sa.bindparam("number"),
        region_code=sa.bindparam("place"),
        version=sa.bindparam("oldest"),
        updated_at=sa.bindparam("moment"),
    )
)
_OLDEST = 0
"""The version of somebody who has just come: whatever the new household says is newer."""
_UPDATE_RETIRED = sa.update(_WORKERS).where(
    (_WORKERS.c.household_code == sa.bindparam("of_household")) & (_WORKERS.c.version < sa.bindparam("newer"))
)
_UNSTAMPED = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""The moment of a row between its writing and the last lock of the transaction; nobody sees it."""
_SELECT_UNSTAMPED = (
    sa.select(_WORKERS.c.id)
    .where(is_one_of(_WORKERS.c.household_code, "codes") & (_WORKERS.c.updated_at == _UNSTAMPED))
    .order_by(_WORKERS.c.id)
)
_UPDATE_STAMPED = (
    sa.update(_WORKERS).where(_WORKERS.c.id == sa.bindparam("of_worker")).values(updated_at=sa.bindparam("moment"))
)
_ONLY_OURS = frozenset({"id", "household_code", "status"})
"""What a household event does not change: whether the worker has work is not its business."""


class NewHome(NamedTuple):
    """Where somebody lives since a split or a merge."""

    household_code: str
    member_no: int


class Passed(NamedTuple):
    """A worker who belongs to another household now, and goes on there 分户、并户."""

    worker_id: UUID
    number: int
    """The number in the household that was left."""
    to: NewHome


class WorkersChange(NamedTuple):
    """What the newest event of one household means for its workers."""

    event: Event[HouseholdNews]
    rows: list[dict[str, Any]]
    """The workers as they are now."""
    left: list[KnownWorker]
    """Workers who belong to the household no more."""
    freed: list[int]
    """Numbers that stand no longer for whom they stood for."""
    passed: Sequence[Passed]
    """Workers who belong to another household now, and go on there."""


def keep_workers(uow: UnitOfWork, events: Sequence[Event[HouseholdNews]]) -> list[WorkersChange]:
    """Bring the workers of these households to the newest state seen. Safe to repeat and in any order.

    A member who can work no more is kept with what was earned and is listed no longer. Returned is, for each household
    of which these events say the newest, what that means for its workers; `stamp_workers` comes once every lock is had.
    """
    HOUSEHOLDS.remember(uow, events)
    newest = _newest(uow, events)
    passed = _pass_on(uow, events, newest)
    known = _lock(uow, newest)
    elsewhere = _load_elsewhere(uow, newest)
    changes = [
        _change_of(event, known[code], elsewhere, passed.get(code, ())) for code, event in sorted(newest.items())
    ]
    rows = sorted((row for change in changes for row in change.rows), key=lambda row: row["id"])
    execute_rows(uow.connection, _upsert(uow.connection.dialect.name), rows)
    execute_rows(uow.connection, _UPDATE_RETIRED, [_retired(change.event.data) for change in changes])
    return changes


def stamp_workers(uow: UnitOfWork, changes: Sequence[WorkersChange]) -> None:
    """Give the workers that were written their moments in the order of commits."""
    codes = [change.event.data.household_code for change in changes]
    codes += [one.to.household_code for change in changes for one in change.passed]
    written = uow.connection.scalars(_SELECT_UNSTAMPED, {"codes": codes}).all()
    execute_rows(uow.connection, _UPDATE_STAMPED, [{"of_worker": each, "moment": uow.stamp()} for each in written])


def _newest(uow: UnitOfWork, events: Sequence[Event[HouseholdNews]]) -> Mapping[str, Event[HouseholdNews]]:
    """The events, by household, that say the newest that is known of it."""
    codes = {event.data.household_code for event in events}
    versions = {row.code: row.version for row in uow.connection.execute(_SELECT_VERSIONS, {"codes": list(codes)})}
    return {
        event.data.household_code: event
        for event in events
        if event.data.version == versions[event.data.household_code]
    }


def _lock(uow: UnitOfWork, codes: Collection[str]) -> Mapping[str, list[KnownWorker]]:
    """The workers of these households as they were, those who left included, locked."""
    known: defaultdict[str, list[KnownWorker]] = defaultdict(list)
    for household_code, *worker in uow.connection.execute(_SELECT_WORKERS_FOR_UPDATE, {"codes": list(codes)}):
        known[household_code].append(KnownWorker(*worker))
    return known


def _load_elsewhere(uow: UnitOfWork, newest: Mapping[str, Event[HouseholdNews]]) -> Mapping[UUID, str]:
    """Where those whom these households name live as far as is known here: by person, the household that names them."""
    members = (member for event in newest.values() for member in _members(event.data))
    persons = {member.person_id for member in members if member.person_id is not None}
    rows = uow.connection.execute(_SELECT_ELSEWHERE, {"persons": list(persons)}) if persons else ()
    return {row.person_id: row.household_code for row in rows}


def _members(news: HouseholdNews) -> Sequence[HouseholdMember]:
    return news.members if isinstance(news, HouseholdState) else ()


def _pass_on(
    uow: UnitOfWork, events: Sequence[Event[HouseholdNews]], newest: Mapping[str, Event[HouseholdNews]]
) -> Mapping[str, list[Passed]]:
    """Have workers belong to the households to which they passed; returns them by the household they left.

    An older one of these events may say so, where the newest names the person no more.
    """
    told = {code: _told_to_pass_on(events, event.data) for code, event in newest.items()}
    persons = [person_id for passed in told.values() for person_id in passed]
    if not persons:
        return {}
    found: defaultdict[str, list[Passed]] = defaultdict(list)
    for code, worker_id, number, person_id in uow.connection.execute(_SELECT_PASSING, {"persons": persons}):
        if person_id in told.get(code, {}):
            found[code].append(Passed(worker_id, number, told[code][person_id]))
    homes = HOUSEHOLDS.find_anywhere(uow, {*found, *(one.to.household_code for each in found.values() for one in each)})
    rows = [
        {
            "of_worker": one.worker_id,
            "home": one.to.household_code,
            "number": one.to.member_no,
            "place": homes[one.to.household_code if one.to.household_code in homes else code].region_code,
            "oldest": _OLDEST,
            "moment": _UNSTAMPED,
        }
        for code, each in found.items()
        for one in each
    ]
    execute_rows(uow.connection, _UPDATE_PASSED_ON, sorted(rows, key=lambda row: row["of_worker"]))
    return found


def _told_to_pass_on(events: Sequence[Event[HouseholdNews]], newest: HouseholdNews) -> Mapping[UUID, NewHome]:
    """Who passed on from a household and did not come back, by person."""
    named = {member.person_id for member in _members(newest)}
    mine = [event.data for event in events if event.data.household_code == newest.household_code]
    return {person_id: home for news in mine for person_id, home in _new_homes(news) if person_id not in named}


def _new_homes(news: HouseholdNews) -> Iterator[tuple[UUID, NewHome]]:
    to = news.merged_into if isinstance(news, HouseholdEnded) else news.passed_to
    if to is not None:
        for person_id, number in zip(news.passed_on, news.passed_as, strict=True):
            yield person_id, NewHome(to, number)


def _change_of(
    event: Event[HouseholdNews],
    known: Sequence[KnownWorker],
    elsewhere: Mapping[UUID, str],
    passed: Sequence[Passed],
) -> WorkersChange:
    """What an event says of the workers; who lives elsewhere still comes once the household that is left says so."""
    news = event.data
    members = [one for one in _members(news) if _home_of(one, elsewhere, news) == news.household_code]
    found = recognise(known, members)
    number_now = {worker.id: number for number, worker in found.items()}
    taken = {worker.id for worker in known}
    rows = [
        _row(news, member, found.get(member.member_no), taken)
        for member in members
        if is_able(member) or member.member_no in found
    ]
    present = [worker for worker in known if worker.present]
    left = [worker for worker in present if worker.id not in number_now]
    freed = [worker.member_no for worker in present if number_now.get(worker.id) != worker.member_no]
    return WorkersChange(event, rows, left, [*freed, *(one.number for one in passed)], passed)


def _home_of(member: HouseholdMember, elsewhere: Mapping[UUID, str], news: HouseholdNews) -> str:
    """The household that is known to name a person; that of the news where none is."""
    return news.household_code if member.person_id is None else elsewhere.get(member.person_id, news.household_code)


def _row(
    news: HouseholdNews, member: HouseholdMember, known: KnownWorker | None, taken: Collection[Any]
) -> dict[str, Any]:
    return {
        "id": known.id if known else new_worker_id(news.household_code, member, taken),
        "household_code": news.household_code,
        "region_code": news.region_code,
        "member_no": member.member_no,
        "person_id": member.person_id or (known and known.person_id),
        "sex": member.sex,
        "birth_year": member.birth_year,
        "born_on": day_of_birth(known, member),
        "labour": member.labour,
        "student": member.student,
        "present": True,
        "active": is_able(member),
        "version": news.version,
        "status": WorkerStatus.IDLE,
        "updated_at": _UNSTAMPED,
    }


def _retired(news: HouseholdNews) -> dict[str, Any]:
    """Whoever a household does not name any more; what they did stays with it, wherever it lives."""
    said = {"of_household": news.household_code, "newer": news.version, "version": news.version}
    return said | {"region_code": news.region_code, "present": False, "active": False, "updated_at": _UNSTAMPED}


def _upsert(dialect: str) -> sa.Insert:
    statement = insert_into(_WORKERS, dialect)
    newer = {column.name: statement.excluded[column.name] for column in _WORKERS.c if column.name not in _ONLY_OURS}
    return statement.on_conflict_do_update(
        index_elements=["id"], set_=newer, where=_WORKERS.c.version < statement.excluded.version
    )
