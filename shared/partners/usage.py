"""What clients used: requests, errors and rejections by client, business day and group of routes.

Requests are counted in memory when they are answered and written behind, all at once every five seconds and at the
stop: a kill loses five seconds at most, and while the database is away the counts wait in memory.
"""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

import sqlalchemy as sa

from shared.clock import day_of, unix_now
from shared.db.database import Database
from shared.db.rows import OnConflict, insert_into, upsert_tuples
from shared.db.unit_of_work import Reading, UnitOfWork

WRITE_SECONDS: Final = 5.0
"""How often counts are written."""
OF_A_REQUEST: Final = "usage"
"""In the state of a request: `Counted`, once it is known whose it is."""
_ERRORS_FROM: Final = 400
_COLUMNS: Final = ("client_id", "day", "route_group", "requests", "errors", "rejected")
_Key = tuple[str, dt.date, str]


class Used(NamedTuple):
    """What a client used of a group of routes on a day, as one row."""

    day: dt.date
    route_group: str
    requests: int
    """All, whatever the answer."""
    errors: int
    """Of them, those answered 400 or above, without the rejected ones."""
    rejected: int
    """Of them, those answered 429 because a limit of the client was used up."""


class UsageCounts:
    """What the clients of one house use, in this process."""

    def __init__(self, database: Database, *, now: Callable[[], float] = unix_now) -> None:
        self._database = database
        self._now = now
        self._counts: defaultdict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0])
        self._since = 0.0
        self._writing = asyncio.Lock()

    def count(self, client_id: str, route: str, status: int, *, rejected: bool) -> None:
        """One request was answered with this status, by the route of this template."""
        now = self._now()
        self._since = self._since or now
        counts = self._counts[client_id, day_of(now), group_of(route)]
        counts[0] += 1
        counts[1] += status >= _ERRORS_FROM and not rejected
        counts[2] += rejected

    def late_seconds(self) -> float:
        """How long the oldest count has waited to be written."""
        return self._now() - self._since if self._since else 0.0

    async def write(self) -> None:
        """Write what was counted since, after whoever writes already; where that fails it is counted on."""
        async with self._writing:
            await self._write_counts()

    async def _write_counts(self) -> None:
        counts, since = self._counts, self._since
        if not counts:
            return
        self._counts, self._since = defaultdict(lambda: [0, 0, 0]), 0.0
        try:
            await self._database.write(add_usage, [(*key, *numbers) for key, numbers in sorted(counts.items())])
        except Exception:
            for key, numbers in counts.items():
                self._counts[key] = [old + more for old, more in zip(self._counts[key], numbers, strict=True)]
            self._since = since
            raise


class Counted(NamedTuple):
    """Whose request it is, and where it is counted."""

    usage: UsageCounts
    client_id: str


@cache
def group_of(route: str) -> str:
    """The group of a route: what stands behind the version, as `households`, or its path, as `oauth2/token`."""
    _, versioned, rest = route.partition("/v1/")
    return rest.partition("/")[0] if versioned else "/".join(route.strip("/").split("/")[:2])


def add_usage(uow: UnitOfWork, rows: Sequence[tuple[object, ...]]) -> None:
    """Add counts to what stands there."""
    table = uow.system_tables.client_usage
    upsert_tuples(uow.connection, _adding(table, uow.connection.dialect.name), _COLUMNS, rows)


def usage_of(reading: Reading, client_id: str, first: dt.date, last: dt.date) -> list[Used]:
    """What a client used in these days, both included, by day and group."""
    table = reading.system_tables.client_usage
    columns = [table.c[name] for name in Used._fields]
    found = sa.select(*columns).where(table.c.client_id == client_id, table.c.day.between(first, last))
    return [Used(*row) for row in reading.connection.execute(found.order_by(table.c.day, table.c.route_group))]


def total_of(used: Sequence[Used]) -> Mapping[str, int]:
    """All of it together."""
    return {name: sum(getattr(one, name) for one in used) for name in ("requests", "errors", "rejected")}


@cache
def _adding(table: sa.Table, dialect: str) -> OnConflict:
    entering = insert_into(table, dialect).values({name: sa.bindparam(name) for name in _COLUMNS})
    new = entering.excluded
    return entering.on_conflict_do_update(
        index_elements=["client_id", "day", "route_group"],
        set_={name: table.c[name] + new[name] for name in ("requests", "errors", "rejected")},
    )
