"""Where a house can be killed between two steps of an event: each place ends its own process with SIGKILL."""

import inspect
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from shared.bus import relay
from shared.bus.consumer import Consumer
from shared.bus.interface import Record
from shared.bus.relay import Relay
from shared.contracts.envelope import event_type_of
from shared.db.database import Database
from shared.db.unit_of_work import UnitOfWork
from shared.hooks.sending import Sender
from shared.jobs import running


@dataclass(frozen=True, slots=True)
class CrashPoint:
    """A place in the code of one house."""

    house: str
    place: str

    def __str__(self) -> str:
        return f"{self.house}, {self.place}"


@dataclass(frozen=True, slots=True)
class Place:
    """A function, and whether the process dies before or after it; only calls that `concerns` says yes to count."""

    owner: Any
    function: str
    when: Literal["before", "after"]
    concerns: Callable[..., bool]
    """Takes the house and the arguments of the call."""


def arm(point: CrashPoint) -> None:
    """Have this process kill itself when it comes to the point."""
    place = (PLACES | WORKING)[point.place]
    original = getattr(place.owner, place.function)

    def wrapped(*arguments: Any) -> Any:
        mine = place.concerns(point.house, *arguments)
        if mine and place.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = original(*arguments)
        if mine and place.when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    async def wrapped_async(*arguments: Any) -> Any:
        mine = place.concerns(point.house, *arguments)
        if mine and place.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = await original(*arguments)
        if mine and place.when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(place.owner, place.function, wrapped_async if inspect.iscoroutinefunction(original) else wrapped)


def _emits(house: str, uow: UnitOfWork) -> bool:
    """A request made something happen: what an event caused names it."""
    requested = any("ce_causationid" not in event.headers for event in uow.emitted)
    return requested and _house_of(uow) == house


def _commits(house: str, _: Database, uow: UnitOfWork) -> bool:
    return _emits(house, uow)


def _publishes(house: str, sender: Relay, _: object) -> bool:
    return sender._house == house


def _takes_out(house: str, uow: UnitOfWork, _: object) -> bool:
    return _house_of(uow) == house


def _took_out(house: str, sender: Relay) -> bool:
    return sender._house == house and bool(sender._published)


def _consumes(house: str, consumer: Consumer, *arguments: Any) -> bool:
    records: Sequence[Record] = arguments[-1]
    handled = any(event_type_of(record.headers) in consumer._handlers for record in records)
    return consumer._house == house and handled


def _answers(house: str, sender: Sender, *_: object) -> bool:
    return sender._house == house


def _wrote_down(house: str, sender: Sender) -> bool:
    return sender._house == house and bool(sender._answered)


def _goes_on_with(house: str, uow: UnitOfWork, _: object, job_id: UUID) -> bool:
    """A part of the job was done before."""
    jobs = uow.system_tables.job
    return _house_of(uow) == house and bool(uow.connection.scalar(sa.select(jobs.c.done).where(jobs.c.id == job_id)))


def _house_of(uow: UnitOfWork) -> str:
    return str(uow.system_tables.outbox.metadata.info["house"])


WRITING = {
    "written, not committed": Place(UnitOfWork, "complete", "after", _emits),
    "committed, not answered": Place(Database, "_committed", "before", _commits),
}
RELAYING = {
    "committed, not published": Place(Relay, "_publish", "before", _publishes),
    "published, still in the outbox": Place(Relay, "_publish", "after", _publishes),
    "taken out of the outbox, not committed": Place(relay, "forget_published", "after", _takes_out),
    "taken out of the outbox": Place(Relay, "_forget", "after", _took_out),
}
CONSUMING = {
    "read from the bus, not applied": Place(Consumer, "apply_batch", "before", _consumes),
    "applied, not committed": Place(Consumer, "_apply_records", "after", _consumes),
    "applied and committed, position not told": Place(Consumer, "apply_batch", "after", _consumes),
    "position told": Place(Consumer, "_apply", "after", _consumes),
}
SENDING = {
    "answered by a receiver, not written down": Place(Sender, "_send", "after", _answers),
    "delivery written down": Place(Sender, "_write_down", "after", _wrote_down),
}
"""Only where a webhook is told."""
WORKING = {"midway in a job, its part not committed": Place(running, "do_part", "after", _goes_on_with)}
"""Only where a job has several parts."""
PLACES = WRITING | RELAYING | CONSUMING | SENDING
