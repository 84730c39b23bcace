"""Clients that wait for changes: they cost a place in memory, and one look at the database serves all of them."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

import structlog

from shared import metrics
from shared.contracts.changes import Change
from shared.db.database import Database
from shared.db.unit_of_work import UnitOfWork
from shared.feed.errors import TooManyWaiting
from shared.feed.queries import AT_ONCE, Answer, Place, entered_after
from shared.feed.sight import items_in
from shared.words.said import says

log = structlog.get_logger()
_OF_ONE_CLIENT: Final = 50
"""So many requests of one client wait at a time: no client takes the places of the others."""
_LOOK_SECONDS: Final = 0.05
"""How often is looked, while somebody waits, for what another process entered."""
_LOOK_SECONDS_ON_SQLITE: Final = 0.5
"""Mostly one process writes there, and its commits call."""


Gone = Callable[[], Awaitable[None]]
"""Returns when the client has hung up."""


class _Waiting:
    """One request that waits."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.passed = 0 if answer.place is None else answer.place.seq
        self.told = asyncio.get_running_loop().create_future()

    def hand(self, entered: Sequence[tuple[Place, Change]]) -> None:
        """Take what happened since; answer if the client sees any of it, else go on waiting behind it."""
        if self.told.done():
            return
        later = [each for each in entered if each[0].seq > self.passed]
        if later:
            self.passed = later[-1][0].seq
            items = items_in([change for _, change in later], self._answer.sight)
            self._answer = self._answer.later(items, later[-1][0])
        if self._answer.items:
            self.told.set_result(None)

    @property
    def answer(self) -> Answer:
        """What the client is told now."""
        return self._answer


class Feed:
    """Who waits for changes of one house in one process."""

    def __init__(self, house: str, database: Database, most: int) -> None:
        self._house = house
        self._database = database
        self._most = most
        self._waiting: set[_Waiting] = set()
        self._clients: Counter[str] = Counter()
        self._called = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._closed = False
        self._refused = {
            reason: metrics.CHANGES_REFUSED.labels(house, reason) for reason in ("too_many_waiting", "cursor_expired")
        }
        metrics.CHANGES_WAITING.labels(house).set_function(lambda: self.number_waiting)

    @property
    def number_waiting(self) -> int:
        """How many requests wait now."""
        return len(self._waiting)

    def wake(self, uow: UnitOfWork) -> None:
        """A transaction committed: look, if it entered anything."""
        if uow.entered:
            self._called.set()

    def tell_refusal(self, client_id: str, reason: str) -> None:
        """Count and log that a client gets no changes."""
        self._refused[reason].inc()
        log.warning("changes.refused", house=self._house, client=client_id, reason=reason)

    def close(self) -> None:
        """Answer everybody now, and let nobody wait any more: the process stops."""
        self._closed = True
        for waiting in self._waiting:
            if not waiting.told.done():
                waiting.told.set_result(None)

    async def stop(self) -> None:
        """Close, and look no more."""
        self.close()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    async def later(self, client_id: str, answer: Answer, seconds: float, gone: Gone) -> Answer:
        """What a client is told who saw nothing and waits: as soon as it sees something, or when its time is over.

        Ends at once when the client is ``gone``. Raises TooManyWaiting.
        """
        waiting = _Waiting(answer)
        async with self._place_of(client_id, waiting), _running(gone) as hung_up:
            if not self._closed:
                awaited = {waiting.told, hung_up}
                await asyncio.wait(awaited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if waiting.told.done():
            waiting.told.result()
        return waiting.answer

    @contextlib.asynccontextmanager
    async def _place_of(self, client_id: str, waiting: _Waiting) -> AsyncIterator[None]:
        if len(self._waiting) >= self._most or self._clients[client_id] >= _OF_ONE_CLIENT:
            self.tell_refusal(client_id, "too_many_waiting")
            raise TooManyWaiting(says("too-many-waiting"))
        self._waiting.add(waiting)
        self._clients[client_id] += 1
        self._called.set()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_while_somebody_waits())
        try:
            yield
        finally:
            self._waiting.discard(waiting)
            self._clients[client_id] -= 1
            if not self._clients[client_id]:
                del self._clients[client_id]

    async def _look_while_somebody_waits(self) -> None:
        pause = _LOOK_SECONDS_ON_SQLITE if self._database.is_sqlite else _LOOK_SECONDS
        while self._waiting:
            self._called.clear()
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001  each who waits is told as if it had asked by itself
                self._tell(error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._called.wait()

    async def _look(self) -> None:
        passed = min(waiting.passed for waiting in self._waiting)
        entered = await self._database.read(entered_after, passed)
        for waiting in self._waiting:
            if waiting.passed >= passed:  # one that came meanwhile may lack what is before: it is next
                waiting.hand(entered)
        if len(entered) == AT_ONCE:
            self._called.set()

    def _tell(self, error: Exception) -> None:
        for waiting in self._waiting:
            if not waiting.told.done():
                waiting.told.set_exception(error)


@contextlib.asynccontextmanager
async def _running(gone: Gone) -> AsyncIterator[asyncio.Future[None]]:
    """Have it awaited beside the block, and ended with it."""
    task = asyncio.ensure_future(gone())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
