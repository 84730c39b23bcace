"""Callers at once: two on PostgreSQL in an order that is certain, and any number of whom some have to come back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.security.actor import SYSTEM, Actor
from tests.mechanism.probe import until

T = TypeVar("T")
_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def while_uncommitted(
    house: House,
    url: str,
    command: Callable[..., Any],
    *args: Any,
    actor: Actor = SYSTEM,
    then: Callable[[], Awaitable[T]],
) -> T:
    """Run ``command(uow, *args)``; commit it once ``then`` waits for a lock or has ended. What ``then`` came to.

    ``url`` is the address of the test's databases. What the command leaves to the commit is written then only.
    """
    async with _connection(house, url) as first, _connection(house, url) as looking:
        units: list[UnitOfWork] = []

        def run(connection: sa.Connection) -> None:
            units.append(house.database.unit_of_work(connection, actor))
            command(units[0], *args)

        await first.run_sync(run)
        second = asyncio.ensure_future(then())

        async def has_come() -> bool:
            return second.done() or bool(await looking.scalar(_WAITING))

        await until(has_come)
        await first.run_sync(lambda _: units[0].complete())
        await first.commit()
        return await second


async def with_the_first_uncommitted(
    house: House, url: str, first: Callable[[], Awaitable[T]], then: Callable[[], Awaitable[T]]
) -> tuple[T, T]:
    """Send ``then`` when ``first`` has done all but commit, and let both go on once it waits too or has ended.

    What the two came to. Both are requests: whatever a command does it audits last, and that waits here.
    """
    async with _connection(house, url) as gate, _connection(house, url) as looking:

        async def waiting() -> int:
            await looking.rollback()  # who is there is asked anew
            return int(await looking.scalar(_WAITING) or 0)

        await gate.execute(sa.text("LOCK TABLE audit IN SHARE MODE"))
        one = asyncio.ensure_future(first())
        await until(waiting)
        two = asyncio.ensure_future(then())

        async def has_come() -> bool:
            return two.done() or await waiting() > 1

        await until(has_come)
        await gate.rollback()
        return await one, await two


async def until_answered(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """The answer to a request, sent again for as long as its caller is told to come back, alone or for an item."""
    while _busy(answer := await ask()):
        await asyncio.sleep(int(answer.headers.get("retry-after", 0)))
    return answer


def _busy(answer: httpx.Response) -> bool:
    busy = HTTPStatus.SERVICE_UNAVAILABLE
    return answer.status_code == busy or any(item["status"] == busy for item in answer.json().get("items", ()))


@asynccontextmanager
async def _connection(house: House, url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url.format(house=house.name), poolclass=sa.NullPool)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()
