"""Two at once on PostgreSQL, in an order that is certain: one has done its work and not committed, the other comes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

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


@asynccontextmanager
async def _connection(house: House, url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url.format(house=house.name), poolclass=sa.NullPool)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()
