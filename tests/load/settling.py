"""A prefecture laid into the databases of monitoring and assistance set by set, with the rows that houses write.

What only lies there (households, facts, the ledger) is written straight. What follows from it is left to
the houses: their screening raises the risks, their reactions open the tasks, their commands act on some of them.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from services.assistance.disbursements.commands.record import record_disbursement
from services.assistance.disbursements.schemas import DisbursementIn
from services.assistance.measures.errors import AlreadyRequested
from services.assistance.measures.schemas import MeasureIn
from services.assistance.models import Task
from services.assistance.tasks.commands.request_measure import request_measure
from services.assistance.tasks.commands.transition import transition_task
from services.assistance.tasks.schemas import TransitionIn
from services.monitoring.app import MONITORING
from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_batch
from services.monitoring.facts.rules import content_hash_of
from services.monitoring.facts.store import FACT_KIND, write_facts
from services.monitoring.households.commands.register import household_state
from services.monitoring.households.rules import FRAGILE, county_of
from services.monitoring.households.store import write_county
from services.monitoring.jobs import JOBS
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import IncomeMonth, WindowSummary
from services.monitoring.ledger.rules.postings import post
from services.monitoring.ledger.store import write_postings
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth
from services.monitoring.models.persons import Member
from services.monitoring.persons.rules import MemberOfHousehold, RegisteredMember
from services.monitoring.persons.store import MEMBERS
from shared.bus.consumer import Handlers
from shared.bus.inbox import mark_applied
from shared.bus.relay import forget_published, pending_events
from shared.codes.assistance import TaskAction
from shared.codes.monitoring import FactMode
from shared.context import new_context
from shared.contracts.envelope import EncodedEvent, Event, decode
from shared.contracts.monitoring import HouseholdRegistered
from shared.db.base import JsonText, table_of
from shared.db.database import Database
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import HouseDefinition
from shared.ids import derived_id
from shared.months import format_month
from shared.security.actor import EVERY, Actor
from shared.security.issuer import ALL_SCOPES
from tests.load.county import TODAY
from tests.load.prefecture import LAST_MONTH, LETTERS, Home, Prefecture, code_of, in_batches

OpenDatabase = Callable[[HouseDefinition, dt.date], Database]
"""Opens the migrated database of a house, whose business date is this day."""
OFFICER: Final = Actor("prefecture", frozenset(ALL_SCOPES), ("",), frozenset({EVERY}))
SCREENED_ON: Final = (dt.date(2026, 11, 2), dt.date(2026, 11, 9), TODAY)
"""One household in three is screened on each of these days, so that some tasks are overdue."""
_BATCH: Final = 500
_ENTERED_AT_ONCE: Final = {True: 4000, False: 1000}
"""Households of one transaction on SQLite, where the more there are the less often a page of an index is written, and
on PostgreSQL, where a statement has a time limit."""
_CACHE_KIB, _CHECKPOINT_PAGES = 1_048_576, 100_000
_HOUSEHOLDS, _MEMBERS, _TASKS = table_of(Household), table_of(Member), table_of(Task)
_MONTHS, _WINDOWS = table_of(LedgerMonth), table_of(HouseholdWindow)
_REGISTERED, _SUMMARY, _SUMS = (
    [field.name for field in fields(part)] for part in (RegisteredMember, WindowSummary, IncomeMonth)
)
_OF_HOME: Final = ("code", "region_code", "category", "relocated", "dibao", "registered_on")
_STEPS: Final = (
    (2, (TaskAction.ACCEPT, TaskAction.START, TaskAction.VERIFY, TaskAction.CLOSE)),
    (2, (TaskAction.ACCEPT, TaskAction.START, TaskAction.VERIFY)),
    (4, (TaskAction.ACCEPT, TaskAction.START)),
    (6, (TaskAction.ACCEPT,)),
)
"""Of a hundred tasks, how many officers have brought so far."""
_ASKED: Final = ({"kind": "job"}, {"kind": "purchase"}, {"kind": "transfer", "amount": "2000.00"})
_ASKING, _PAID = 10, 4
"""Of a hundred tasks so many ask for a measure; of a hundred households so many are paid a benefit."""


async def settle(prefecture: Prefecture, opened: OpenDatabase) -> None:
    """Lay a prefecture into the two databases. Nothing waits in an outbox afterwards."""
    await _with(opened, SCREENED_ON[0], _register, prefecture)
    for day in SCREENED_ON:
        await _with(opened, day, _screen)
    await _with(opened, TODAY, _report_news, prefecture)
    await _with(opened, TODAY, _act, prefecture)


async def _with(opened: OpenDatabase, day: dt.date, step: Callable[..., Any], *more: Any) -> None:
    """Take a step with both databases on a day, and let each house react to what the other told."""
    monitoring, assistance = opened(MONITORING, day), opened(ASSISTANCE, day)
    try:
        await step(monitoring, assistance, *more)
        await _pass_on(monitoring, assistance, ASSISTANCE.handlers)
        await _pass_on(assistance, monitoring, MONITORING.handlers)
    finally:
        await monitoring.close()
        await assistance.close()


async def _pass_on(teller: Database, listener: Database, handlers: Handlers) -> None:
    """Have one house react to all that another told, and take it out of the outbox."""
    while events := await teller.read(pending_events):
        await listener.write(_react, handlers, events)
        await teller.write(forget_published, [event.event_id for event in events])


def _react(uow: UnitOfWork, handlers: Handlers, published: Sequence[EncodedEvent]) -> None:
    events: list[Event[Any]] = [decode(event.headers, event.value) for event in published]
    known = [event for event in events if event.type in handlers]
    for handler, group in groupby(known, key=lambda event: handlers[event.type]):
        handler(uow, list(group))
    mark_applied(uow, known, uow.now())


# Registered and told as history


async def _register(monitoring: Database, assistance: Database, prefecture: Prefecture) -> None:
    for homes in in_batches(prefecture.homes(), _ENTERED_AT_ONCE[monitoring.is_sqlite]):
        await monitoring.write(_enter, homes, actor=OFFICER, context=new_context())
        await _pass_on(monitoring, assistance, ASSISTANCE.handlers)


def _enter(uow: UnitOfWork, homes: Sequence[Home]) -> None:
    """Register these households with their history, as the register and a batch of backfilled facts would."""
    _prepare(uow)
    for county in sorted({county_of(home.region_code) for home in homes}):
        write_county(uow, LETTERS, county)
    household_rows = [_household_row(uow, home) for home in homes]
    insert_rows(uow.connection, _HOUSEHOLDS, household_rows)
    households = [Household(**row) for row in household_rows]
    persons = [_persons(home) for home in homes]
    for household, members in zip(households, persons, strict=True):
        _publish(uow, household, members)
    rows = [_member_row(home.code, one) for home, members in zip(homes, persons, strict=True) for one in members]
    insert_rows(uow.connection, _MEMBERS, MEMBERS.seal(uow, rows))
    _tell(uow, homes, households, persons)


def _prepare(uow: UnitOfWork) -> None:
    """Write faster, and think longer, than a house that also serves: the rows refer to each other as they should."""
    if uow.connection.dialect.name == "postgresql":
        uow.stamp()
        uow.connection.exec_driver_sql("SET LOCAL session_replication_role = 'replica'")
        uow.connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    else:
        uow.connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
        uow.connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")


def _household_row(uow: UnitOfWork, home: Home) -> dict[str, Any]:
    moment = uow.stamp()
    return {
        **_columns(home, _OF_HOME),
        "version": 1,
        "member_count": len(home.members),
        "able_workers": sum(member.labour.is_able for member in home.members),
        "fragile_members": sum(member.health in FRAGILE for member in home.members),
        "created_at": moment,
        "updated_at": moment,
    }


def _persons(home: Home) -> list[MemberOfHousehold]:
    return [MemberOfHousehold(derived_id("person", home.code, one.member_no, 1), one) for one in home.members]


def _member_row(code: str, one: MemberOfHousehold) -> dict[str, Any]:
    return {"household_code": code, "person_id": one.person_id} | _columns(one.member, _REGISTERED)


def _publish(uow: UnitOfWork, household: Household, members: Sequence[MemberOfHousehold]) -> None:
    state = household_state(HouseholdRegistered, household, members)
    uow.emit(state, region=state.region_code)
    after = state.model_dump(mode="json", exclude={"members": {"__all__": {"born_on"}}})
    uow.audit("household-registered", household.code, after=after)


def _tell(
    uow: UnitOfWork,
    homes: Sequence[Home],
    households: Sequence[Household],
    persons: Sequence[Sequence[MemberOfHousehold]],
) -> None:
    """Write the history of these households, with all that is kept beside it; nobody has judged it yet."""
    dossiers: list[HouseholdDossier] = []
    rows: list[dict[str, Any]] = []
    for place, (home, household, members) in enumerate(zip(homes, households, persons, strict=True)):
        due_after = SCREENED_ON[place % len(SCREENED_ON)] - dt.timedelta(days=1)
        dossier = _dossier(household, due_after)
        ids: dict[int | None, UUID] = {one.member.member_no: one.person_id for one in members}
        rows += [_posted(uow, dossier, fact, ids.get(fact.member_no)) for fact in home.history]
        dossiers.append(dossier)
    write_facts(uow, rows)
    insert_rows(uow.connection, _WINDOWS, [_window_row(dossier) for dossier in dossiers])
    insert_rows(uow.connection, _MONTHS, [row for dossier in dossiers for row in _month_rows(dossier)])
    for dossier in dossiers:
        dossier.months.clear()
    write_postings(uow, dossiers)


def _dossier(household: Household, due_after: dt.date) -> HouseholdDossier:
    return HouseholdDossier(
        household.code,
        household.region_code,
        household.category,
        household.member_count,
        household.able_workers,
        household.fragile_members,
        None,
        WindowSummary(LAST_MONTH),
        frozenset(),
        None,
        due_after,
    )


def _posted(uow: UnitOfWork, dossier: HouseholdDossier, fact: ReportedFact, person_id: UUID | None) -> dict[str, Any]:
    """Enter a fact into the dossier; its row."""
    fact_id, payload = FACT_KIND.id_of(fact), fact.said()
    post(dossier, fact_id, fact, person_id)
    return {
        "id": fact_id,
        "source": fact.source,
        "source_ref": fact.source_ref,
        "household_code": fact.household_code,
        "member_no": fact.member_no,
        "person_id": person_id,
        "type": fact.type,
        "observed_on": fact.observed_on,
        "payload": JsonText(payload),
        "confirmed": None,
        "content_hash": content_hash_of(fact, payload),
        "mode": FactMode.BACKFILL,
        "supersedes_id": None,
        "recorded_at": uow.now(),
        "recorded_by": uow.actor.id,
        "correlation_id": uow.context.correlation_id,
    }


def _window_row(dossier: HouseholdDossier) -> dict[str, Any]:
    return {
        "household_code": dossier.code,
        **_columns(dossier.window, _SUMMARY),
        "evidence": " ".join(sorted(dossier.evidence)),
        "judged_on": None,
        "due_after": dossier.due_after,
    }


def _month_rows(dossier: HouseholdDossier) -> Iterator[dict[str, Any]]:
    for number, month in sorted(dossier.months.items()):
        yield {"household_code": dossier.code, "month": number, **_columns(month, _SUMS)}


def _columns(part: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(part, name) for name in names}


# What follows


async def _screen(monitoring: Database, _: Database) -> None:
    while await monitoring.write(JOBS["screen-due"].command):
        pass


async def _report_news(monitoring: Database, _: Database, prefecture: Prefecture) -> None:
    """Report what happened as it happened: those illnesses raise their risks at once, and explain them."""
    items = (FactToRecord(fact, FactMode.LIVE, OFFICER, new_context()) for fact in prefecture.news())
    for batch in in_batches(items, _BATCH):
        outcomes = await monitoring.write(record_batch, batch, False)
        assert all(outcome.result == "stored" for outcome in outcomes), "what is told here is true"


async def _act(_: Database, assistance: Database, prefecture: Prefecture) -> None:
    """Have officers work on some tasks, ask for help, and pay benefits."""
    for chosen in in_batches(iter(await assistance.read(_ids_of_tasks)), _BATCH):
        await assistance.write(_work_on, chosen, actor=OFFICER, context=new_context())
    paid = (number for number in range(prefecture.households) if number % 100 < _PAID)
    for numbers in in_batches(paid, _BATCH):
        await assistance.write(_pay, numbers, actor=OFFICER, context=new_context())


def _ids_of_tasks(reading: Reading) -> list[UUID]:
    return list(reading.connection.scalars(sa.select(_TASKS.c.id).order_by(_TASKS.c.id)))


def _work_on(uow: UnitOfWork, tasks: Sequence[UUID]) -> None:
    for place, task_id in enumerate(tasks):
        if (asking := place % 100) < _ASKING:
            with suppress(AlreadyRequested):  # on another task of the household
                request_measure(uow, task_id, MeasureIn.model_validate(_ASKED[asking % len(_ASKED)]))
        for action in _steps_of(place % 100):
            verdict = "confirmed" if action is TaskAction.VERIFY else None
            transition_task(uow, task_id, TransitionIn.model_validate({"action": action, "verdict": verdict}))


def _steps_of(place: int) -> Iterable[TaskAction]:
    for share, actions in _STEPS:
        if place < share:
            return actions
        place -= share
    return ()


def _pay(uow: UnitOfWork, numbers: Sequence[int]) -> None:
    for number in numbers:
        body = {"source": "civil-affairs", "source_ref": f"benefit/{number}", "household_code": code_of(number)}
        body |= {"kind": "subsistence_allowance", "month": format_month(LAST_MONTH), "amount": "300.00"}
        record_disbursement(uow, DisbursementIn.model_validate(body))
