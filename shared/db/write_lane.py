"""Group commit for hot commands: one transaction for all that waited, one durable commit, one answer each."""

import asyncio
import contextvars
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import structlog

from shared.db.database import Database
from shared.db.trouble import Busy
from shared.db.unit_of_work import Patience, UnitOfWork

ItemT = TypeVar("ItemT")
OutcomeT = TypeVar("OutcomeT")
_LOOK_SECONDS = 0.05
"""How often an item is tried again whose household another transaction holds."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Entry(Generic[ItemT, OutcomeT]):
    """An item that waits, its caller, and since when."""

    item: ItemT
    future: "asyncio.Future[OutcomeT]"
    since: float = field(default_factory=time.monotonic)


class WriteLane(Generic[ItemT, OutcomeT]):
    """Runs a set-based command ``command(uow, items) -> outcomes`` for single callers.

    There is no timer: whatever queued while the last commit ran goes together into the next. An unexpected error
    makes the lane run the items one by one, so that the one bad item fails alone.

    Nobody waits for another's lock: the command does what it can get, and an outcome whose `error` is Busy means an
    item that was left out. That one is tried again with those that come after it, and answered as it is once it has
    waited as long as a lock may take.
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
        self._waiting: deque[_Entry[ItemT, OutcomeT]] = deque()
        self._left_out: list[_Entry[ItemT, OutcomeT]] = []
        self._under_way: list[_Entry[ItemT, OutcomeT]] = []
        self._looked_at = 0.0
        self._running: asyncio.Task[None] | None = None

    @property
    def oldest_seconds(self) -> float:
        """How long the item that waits longest has waited; zero where none does."""
        entries = (*self._under_way, *self._left_out, *list(self._waiting)[:1])
        return time.monotonic() - min(entry.since for entry in entries) if entries else 0.0

    async def submit(self, item: ItemT) -> OutcomeT:
        """Have the item done; returns once it is committed."""
        entry = _Entry[ItemT, OutcomeT](item, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._running is None:
            # A context of its own: the lane works for many requests, not for the one that set it going.
            self._running = asyncio.create_task(self._run(), context=contextvars.Context())
        return await entry.future

    async def _run(self) -> None:
        try:
            while self._waiting or self._left_out:
                if not self._waiting:
                    await asyncio.sleep(_LOOK_SECONDS)
                self._under_way = [*self._to_look_at_again(), *self._next()]
                if self._under_way:
                    await self._commit_together(self._under_way, Patience.LEAVES_OUT)
                self._under_way = []
        finally:
            self._running = None

    def _next(self) -> list[_Entry[ItemT, OutcomeT]]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), self._max_items))]

    def _to_look_at_again(self) -> list[_Entry[ItemT, OutcomeT]]:
        now = time.monotonic()
        if not self._left_out or now - self._looked_at < _LOOK_SECONDS:
            return []
        self._looked_at = now
        again, self._left_out = self._left_out[: self._max_items], self._left_out[self._max_items :]
        return again

    async def _commit_together(self, batch: list[_Entry[ItemT, OutcomeT]], patience: Patience) -> None:
        try:
            outcomes = await self._database.write(self._do_all, [entry.item for entry in batch], patience=patience)
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs to the item that caused it
            if len(batch) == 1:
                _fail(batch[0].future, error)
                return
            log.warning("lane.one_by_one", items=len(batch), error=type(error).__name__)
            await self._commit_one_by_one(batch, error)
            return
        for entry, outcome in zip(batch, outcomes, strict=True):
            if _is_left_out(outcome) and time.monotonic() - entry.since < self._database.limits.lock_seconds:
                self._left_out.append(entry)
            elif not entry.future.done():
                entry.future.set_result(outcome)

    async def _commit_one_by_one(self, batch: list[_Entry[ItemT, OutcomeT]], error: Exception) -> None:
        """Each alone. Where a lock was not had nobody waits long, and those who come last do not wait at all."""
        last = time.monotonic() + self._database.limits.lock_seconds if isinstance(error, Busy) else math.inf
        for entry in batch:
            if time.monotonic() > last:
                _fail(entry.future, error)
            else:
                patience = Patience.HURRIES if isinstance(error, Busy) else Patience.LEAVES_OUT
                await self._commit_together([entry], patience)

    def _do_all(self, uow: UnitOfWork, items: Sequence[ItemT]) -> Sequence[OutcomeT]:
        outcomes = self._command(uow, items)
        if len(outcomes) != len(items):
            raise ValueError(f"{len(items)} items, but {len(outcomes)} outcomes")
        return outcomes


def _is_left_out(outcome: object) -> bool:
    return isinstance(getattr(outcome, "error", None), Busy)


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
