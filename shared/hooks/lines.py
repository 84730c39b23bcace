"""The line before one receiver: what waits for it, in the order of the feed for each subject. It lives in memory.

Of a subject one change is on its way at a time, and the next begins when that is delivered or exhausted. Other
subjects go on. A receiver that takes nothing is left in peace but for one try now and then.
"""

import datetime as dt
import heapq
import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from shared.codes.operations import PauseCause
from shared.hooks.calling import AT_ONCE, Outcome
from shared.hooks.retries import GIVE_UP, pause_after

WINDOW: Final = 200
"""So many changes are in memory that have no row yet: they wait for their subject, or are on their way."""
MOST_WITH_ROWS: Final = 10_000
"""Where so many changes wait behind others of their subjects, nothing more is read until some are delivered."""
UNREACHED_OF_THE_DEAD, FAILURES_OF_THE_DEAD = 5, 50
"""A receiver that was not reached so often in a row, or refused so much in a row, counts as dead: one change at a time
is tried, at longer and longer intervals. One that refuses some changes goes on getting the others."""
NEWS_FOR_THE_DEAD: Final = dt.timedelta(minutes=1)
"""A change that was never tried is tried with a dead receiver so long after the last try: it may live by now."""


@dataclass(slots=True, eq=False)
class Item:
    """A change in the line."""

    seq: int
    event_id: UUID
    type: str
    subject: str
    text: str | None
    """The change as the feed has it; None until it is read."""
    attempts: int = 0
    first_tried_at: dt.datetime | None = None
    next_try_at: dt.datetime | None = None
    unreached: bool = False
    """Whether nobody looked at it when it was last sent."""
    has_row: bool = False
    has_left: bool = False
    """Whether it was delivered or given up."""


@dataclass(slots=True)
class Line:
    """All that waits for one receiver."""

    read_to: int
    """The number of the last change of the feed that was looked at."""
    failures: int = 0
    """In a row, over all subjects."""
    next_try_at: dt.datetime | None = None
    """Before then what failed is not tried again: the receiver is dead."""
    left_alone_until: dt.datetime | None = None
    """Before then nothing is sent at all: the receiver asked for that."""
    paused_because: PauseCause | None = None
    last_delivered_at: dt.datetime | None = None
    last_failed_at: dt.datetime | None = None
    last_error: Mapping[str, Any] | None = None
    under_way: set[str] = field(default_factory=set)
    """Subjects of which a change is on its way."""
    _of_subject: dict[str, deque[Item]] = field(default_factory=dict)
    _fresh: deque[str] = field(default_factory=deque)
    """Subjects whose first change was never tried, in the order in which they came to be."""
    _failed: dict[str, Item] = field(default_factory=dict)
    """Subjects whose first change failed."""
    _unreached: int = 0
    _due: list[tuple[dt.datetime, int, Item]] = field(default_factory=list)
    _pushed: Iterator[int] = field(default_factory=itertools.count)
    """The same by when they are tried again, as a heap; what was tried or delivered meanwhile is passed over."""
    _behind: list[Item] = field(default_factory=list)
    """Changes behind one that failed: they wait for longer than the place in the feed may wait for them."""
    _without_row: dict[int, Item] = field(default_factory=dict)
    _with_row: int = 0
    _allowance: int = 1
    """How many may be on their way: it doubles with what is delivered and falls to one with what is not."""

    @property
    def passed(self) -> int:
        """The number up to which each change was delivered or has a row."""
        return next(iter(self._without_row)) - 1 if self._without_row else self.read_to

    @property
    def room(self) -> int:
        """How many further changes may be read."""
        return WINDOW - len(self._without_row) if self._with_row < MOST_WITH_ROWS else 0

    @property
    def is_dead(self) -> bool:
        """Whether the receiver has taken nothing for a while."""
        return self._unreached >= UNREACHED_OF_THE_DEAD or self.failures >= FAILURES_OF_THE_DEAD

    @property
    def needs_rows(self) -> bool:
        """Whether changes are to get a row because they wait behind one that failed.

        Where the receiver takes nothing at all they do not: all of them wait, and the place with them.
        """
        return bool(self._behind) and not self.is_dead

    def add(self, items: Iterable[Item]) -> None:
        """Put changes at the end of the line."""
        for item in items:
            if item.has_row:
                self._with_row += 1
            else:
                self._without_row[item.seq] = item
            queue = self._of_subject.get(item.subject)
            if queue is None:
                self._of_subject[item.subject] = deque([item])
                self._stand_first(item)
            else:
                queue.append(item)
                if item.subject in self._failed:
                    self._behind.append(item)

    def next_to_send(self, now: dt.datetime, share: int) -> Iterator[Item]:
        """The changes that may be sent now, so that at most a ``share`` of them is on its way."""
        if self.paused_because or (self.left_alone_until is not None and self.left_alone_until > now):
            return
        most = 1 if self.is_dead else min(self._allowance, share)
        while len(self.under_way) < most:
            item = self._next(now)
            if item is None:
                return
            self.under_way.add(item.subject)
            yield item

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._of_subject

    def delivered(self, item: Item, at: dt.datetime) -> None:
        """The receiver took it: the next of its subject stands first, and what failed before is due."""
        if self.is_dead:
            for failed in self._failed.values():
                if failed.unreached:
                    self._try_again(failed, at)
        self.failures = self._unreached = 0
        self.next_try_at, self.last_delivered_at = None, at
        if self.left_alone_until is not None and self.left_alone_until <= at:
            self.left_alone_until = None
        self._allowance = min(AT_ONCE, self._allowance * 2)
        item.attempts += 1
        self._leave(item)

    def failed(self, item: Item, outcome: Outcome, at: dt.datetime) -> bool:
        """The receiver did not take it; tells whether it is exhausted, and with it the receiver."""
        item.attempts += 1
        item.first_tried_at = item.first_tried_at or at
        if item.subject not in self._failed:
            self._behind += list(self._of_subject[item.subject])[1:]
        item.unreached = outcome.unreached
        self.failures += 1
        self._unreached = self._unreached + 1 if item.unreached else 0
        self._allowance = 1
        self.last_failed_at = at
        self.last_error = None if outcome.error is None else outcome.error.as_document()
        self.under_way.discard(item.subject)
        give_up_at = item.first_tried_at + GIVE_UP
        if outcome.gone:
            self.paused_because = PauseCause.GONE
        elif at >= give_up_at:
            self.paused_because = PauseCause.EXHAUSTED
            self._leave(item)
            return True
        pause = pause_after(item.attempts) if outcome.retry_after is None else outcome.retry_after
        self._try_again(item, min(at + pause, give_up_at))
        if outcome.retry_after is not None:
            self.left_alone_until = item.next_try_at
        elif self.is_dead:
            tries = max(1, self.failures - UNREACHED_OF_THE_DEAD + 1)
            self.next_try_at = min(at + pause_after(tries), give_up_at)
        return False

    def take_rows(self, settled: Iterable[Item]) -> list[Item]:
        """These have rows now; answers the others that get one as well."""
        for item in settled:
            self._has_row(item)
        if not self.needs_rows:
            return []
        behind, self._behind = self._behind, []
        waiting = [item for item in behind if not item.has_row and not item.has_left and item.subject in self._failed]
        for item in waiting:
            self._has_row(item)
        return waiting

    def forget(self, item: Item) -> None:
        """The change is not kept any more: the next of its subject stands first."""
        self._leave(item)

    def _has_row(self, item: Item) -> None:
        if self._without_row.pop(item.seq, None) is not None:
            item.has_row = True
            item.text = None
            self._with_row += not item.has_left

    def _next(self, now: dt.datetime) -> Item | None:
        """What failed before comes first: it is what makes others wait."""
        if self.is_dead:
            if self._failed and (self.next_try_at is None or self.next_try_at <= now):
                return min(self._failed.values(), key=lambda item: item.seq)
            if self.last_failed_at is not None and now < self.last_failed_at + NEWS_FOR_THE_DEAD:
                return None
        else:
            self._pass_over_what_was_tried()
            if self._due and self._due[0][0] <= now:
                return heapq.heappop(self._due)[2]
        return self._of_subject[self._fresh.popleft()][0] if self._fresh else None

    def _try_again(self, item: Item, at: dt.datetime) -> None:
        item.next_try_at = at
        self._failed[item.subject] = item
        heapq.heappush(self._due, (at, next(self._pushed), item))

    def _pass_over_what_was_tried(self) -> None:
        while self._due and not self._is_waiting(*self._due[0]):
            heapq.heappop(self._due)

    def _is_waiting(self, at: dt.datetime, _: int, item: Item) -> bool:
        waits = self._failed.get(item.subject) is item and item.subject not in self.under_way
        return waits and item.next_try_at == at

    def _stand_first(self, item: Item) -> None:
        if item.attempts:
            self._try_again(item, item.next_try_at or dt.datetime.min.replace(tzinfo=dt.UTC))
        else:
            self._fresh.append(item.subject)

    def _leave(self, item: Item) -> None:
        self.under_way.discard(item.subject)
        self._failed.pop(item.subject, None)
        item.has_left = True
        self._with_row -= item.has_row
        queue = self._of_subject[item.subject]
        queue.popleft()
        if queue:
            self._stand_first(queue[0])
        else:
            del self._of_subject[item.subject]
