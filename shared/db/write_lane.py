"""Group commit for hot commands: one transaction for all that waited, one durable commit, one answer each."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import structlog

from shared.db.database import Database
from shared.db.unit_of_work import UnitOfWork

ItemT = TypeVar("ItemT")
OutcomeT = TypeVar("OutcomeT")

log = structlog.get_logger()


class WriteLane(Generic[ItemT, OutcomeT]):
    """Runs a set-based command ``command(uow, items) -> outcomes`` for single callers.

    There is no timer: whatever queued while the last commit ran goes together into the next. An unexpected error
    makes the lane run the items one by one, so that the one bad item fails alone.
    """

    def __init__(
        self,
        database: Database,
        command: Callable[[Any, Sequence[ItemT]], Sequence[OutcomeT]],
        *,
        max_items: int = 256,
    ) -> None:
        self._database = database
        self._command = command
        self._max_items = max_items
        self._waiting: deque[tuple[ItemT, asyncio.Future[OutcomeT]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def submit(self, item: ItemT) -> OutcomeT:
        """Have the item done; returns once it is committed."""
        future: asyncio.Future[OutcomeT] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._max_items))]
                await self._commit_together(batch)
        finally:
            self._running = None

    async def _commit_together(self, batch: list[tuple[ItemT, asyncio.Future[OutcomeT]]]) -> None:
        try:
            outcomes = await self._database.write(self._do_all, [item for item, _ in batch])
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs to the item that caused it
            if len(batch) == 1:
                _fail(batch[0][1], error)
                return
            log.warning("lane.one_by_one", items=len(batch), error=type(error).__name__)
            for entry in batch:
                await self._commit_together([entry])
            return
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)

    def _do_all(self, uow: UnitOfWork, items: Sequence[ItemT]) -> Sequence[OutcomeT]:
        outcomes = self._command(uow, items)
        if len(outcomes) != len(items):
            raise ValueError(f"{len(items)} items, but {len(outcomes)} outcomes")
        return outcomes


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
