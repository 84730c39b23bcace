"""How many requests a client may make: a minute, and on a business day. Each minute and each day begins anew.

A process counts in memory what it has on lease: it takes requests of a window from the row of the client in its
house's database, an eighth of what is left at a time, and gives out one after another without asking anybody. So all
processes of a house together never let more in than the record says, and hardly a request waits for the database. One
process with all houses counts them together, to the last request. What a process had on lease is given back when it
stops; a kill costs the client at most that eighth.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from shared import metrics
from shared.clock import unix_now
from shared.db.database import Database
from shared.db.rows import insert_into
from shared.db.unit_of_work import UnitOfWork
from shared.partners.errors import TooManyRequests
from shared.partners.periods import PER_DAY, PER_MINUTE, Period, Standing
from shared.security.clients import Permit
from shared.words.said import says

_SHARE: Final = 8
"""What is left of a window is taken on lease by so many parts of it."""
_MOST_LEASED: Final = 1000


@dataclass(slots=True)
class Lease:
    """What a process may let in of one window of one client."""

    window: int = -1
    granted: int = 0
    used: int = 0
    taken: int = 0
    """Of the window by all processes, when this one last asked."""
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def has(self, window: int) -> bool:
        """Whether a request of this window may be let in without asking."""
        return self.window == window and self.used < self.granted

    def knows_none_left(self, window: int, most: int) -> bool:
        """Whether the window is used up, as far as is known here: nothing comes back to it but what others leave."""
        return self.window == window and self.used >= self.granted and self.taken >= most


class Allowances:
    """What clients may still ask of the processes over one database."""

    def __init__(self, database: Database, *, now: Callable[[], float] = unix_now) -> None:
        self._database = database
        self._now = now
        self._leases: dict[tuple[str, str], Lease] = {}

    async def take(self, permit: Permit) -> Sequence[Standing]:
        """Let one request of a client in, and tell where it stands. Raises TooManyRequests; then nothing is counted."""
        limits = _limits_of(permit)
        now = self._now()
        let_in: list[tuple[Lease, int]] = []
        for period, most in limits:
            lease = self._leases.setdefault((permit.client_id, period.name), Lease())
            if not await self._let_in(lease, permit.client_id, period, most, now):
                for earlier, window in let_in:
                    earlier.used -= earlier.window == window
                metrics.LIMIT_REJECTED.labels(metrics.client_label(permit.client_id), period.name).inc()
                raise _refusal(period, most, self._standings(permit.client_id, limits, now))
            let_in.append((lease, period.window(now)))
        return self._standings(permit.client_id, limits, now)

    async def close(self) -> None:
        """Give back what was not used."""
        now = self._now()
        for (client_id, name), lease in self._leases.items():
            period = next(one for one in (PER_MINUTE, PER_DAY) if one.name == name)
            unused = lease.granted - lease.used
            if unused and lease.window == period.window(now):
                lease.granted = lease.used
                await self._database.write(give_back, client_id, name, lease.window, unused)

    async def _let_in(self, lease: Lease, client_id: str, period: Period, most: int, now: float) -> bool:
        window = period.window(now)
        if not lease.has(window) or lease.taken > most:
            async with lease.asking:
                if (not lease.has(window) or lease.taken > most) and not lease.knows_none_left(window, most):
                    granted, taken = await self._database.write(take_lease, client_id, period.name, window, most)
                    lease.window, lease.granted, lease.used, lease.taken = window, granted, 0, taken
        if not lease.has(window):
            return False
        lease.used += 1
        return True

    def _standings(self, client_id: str, limits: Sequence[tuple[Period, int]], now: float) -> Sequence[Standing]:
        found = []
        for period, most in limits:
            lease = self._leases.get((client_id, period.name))
            known = lease is not None and lease.window == period.window(now)
            remaining = most - lease.taken + lease.granted - lease.used if lease is not None and known else most
            found.append(Standing(period, most, max(0, remaining), period.left(now)))
        return found


def _limits_of(permit: Permit) -> list[tuple[Period, int]]:
    limits = ((PER_MINUTE, permit.per_minute), (PER_DAY, permit.per_day))
    return [(period, most) for period, most in limits if most is not None]


def _refusal(period: Period, most: int, standings: Sequence[Standing]) -> TooManyRequests:
    [used_up] = [one for one in standings if one.period is period]
    if period is PER_DAY:
        said = says("too-many-today", most=most, seconds=used_up.seconds)
    else:
        said = says("too-many-this-minute", most=most, seconds=used_up.seconds)
    return TooManyRequests(said, used_up, standings)


def take_lease(uow: UnitOfWork, client_id: str, period: str, window: int, most: int) -> tuple[int, int]:
    """Take requests of a window on lease: how many were granted, and how many of the window are taken with them."""
    rows = uow.system_tables.client_allowance
    key = {"client_id": client_id, "period": period}
    fresh = insert_into(rows, uow.connection.dialect.name).values(**key, window=window, taken=0)
    uow.connection.execute(fresh.on_conflict_do_nothing())
    found = sa.select(rows.c.window, rows.c.taken).filter_by(**key).with_for_update()
    kept, taken = uow.connection.execute(found).one()
    if kept < window:
        kept, taken = window, 0
    left = max(0, most - taken)
    granted = min(left, max(1, min(left // _SHARE, _MOST_LEASED)))
    renewed = sa.update(rows).filter_by(**key).values(window=kept, taken=taken + granted)
    uow.connection.execute(renewed)
    return granted, taken + granted


def give_back(uow: UnitOfWork, client_id: str, period: str, window: int, unused: int) -> None:
    """Give back what a process had on lease and did not use."""
    rows = uow.system_tables.client_allowance
    same = sa.update(rows).filter_by(client_id=client_id, period=period, window=window)
    uow.connection.execute(same.values(taken=rows.c.taken - unused))
