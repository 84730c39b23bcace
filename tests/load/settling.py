"""A prefecture laid into the databases of monitoring and assistance, as it is after some weeks.

What only lies there (households, facts, the ledger) is laid as `make population` lays it. What follows from it is left
to the houses: their screening raises the risks, their reactions open the tasks, their commands act on some of them.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
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
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_batch
from services.monitoring.jobs import LONG_WORK
from services.monitoring.screenings.commands.roll import begin_roll
from services.population.laying import AT_ONCE, lay_homes
from services.population.prefecture import Home, Prefecture, code_of, in_batches
from shared.bus.consumer import Handlers
from shared.bus.inbox import mark_applied
from shared.bus.relay import forget_published, pending_events
from shared.codes.assistance import TaskAction
from shared.codes.monitoring import FactMode
from shared.context import new_context
from shared.contracts.envelope import EncodedEvent, Event, decode
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import HouseDefinition
from shared.jobs.running import run_next_part
from shared.months import format_month, month_of
from shared.security.actor import EVERY, Actor
from shared.security.issuer import ALL_SCOPES
from tests.load.county import TODAY

OpenDatabase = Callable[[HouseDefinition, dt.date], Database]
"""Opens the migrated database of a house, whose business date is this day."""
OFFICER: Final = Actor("prefecture", frozenset(ALL_SCOPES), ("",), frozenset({EVERY}))
SCREENED_ON: Final = (dt.date(2026, 11, 2), dt.date(2026, 11, 9), TODAY)
"""A third of the households is screened first on each of these days, so that some tasks are overdue."""
LAST_MONTH: Final = month_of(TODAY) - 1
_BATCH: Final = 500
_TASKS = table_of(Task)
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
    for place, day in enumerate(SCREENED_ON):
        bounds = [prefecture.households * third // len(SCREENED_ON) for third in (place, place + 1)]
        await _with(opened, day - dt.timedelta(days=1), _register, prefecture.homes(*bounds))
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


async def _register(monitoring: Database, assistance: Database, all_homes: Iterable[Home]) -> None:
    for homes in in_batches(all_homes, AT_ONCE[monitoring.is_sqlite]):
        await monitoring.write(lay_homes, homes, actor=OFFICER, context=new_context())
        await _pass_on(monitoring, assistance, ASSISTANCE.handlers)


# What follows


async def _screen(monitoring: Database, _: Database) -> None:
    await monitoring.write(begin_roll)
    while await run_next_part(monitoring, LONG_WORK):
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
