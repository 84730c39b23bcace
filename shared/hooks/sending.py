"""The sender of a house: reads the feed on for every webhook, sends, and writes down what came of it.

One process of a house sends, the one that relays. It goes round and round: what was answered is gathered for a moment
and written down together, and meanwhile the receivers are kept busy.
"""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple
from uuid import UUID

import structlog

from shared import metrics
from shared.codes.operations import DeliveryStatus, PauseCause
from shared.contracts.changes import Change
from shared.db.database import Database
from shared.db.trouble import is_transient, sentence_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.feed.queries import Place, entered_after
from shared.hooks.addresses import Reach
from shared.hooks.calling import Outcome
from shared.hooks.lines import WINDOW, Item
from shared.hooks.notes import Note, write_down
from shared.hooks.owners import Owners
from shared.hooks.signing import headers
from shared.hooks.store import all_webhooks, changes_of, waiting
from shared.hooks.targets import Target, item_of, load_target

MOST_AT_ONCE: Final = 128
"""So many messages of a house are on their way at a time, shared among the receivers that have some to get."""
_READ_AT_ONCE: Final = 500
_LOOK_SECONDS: Final = 0.5
"""How often webhooks and feed are looked at where no commit called."""
_PLACE_SECONDS: Final = 5.0
"""How often a place is written down that only passed what its owner does not see."""
_MEASURE_SECONDS: Final = 15.0
_WRITTEN_TOGETHER: Final = 64
_GATHER_SECONDS: Final = 0.05
"""What was answered is written down when so much of it is gathered, or the first of it has waited so long."""
_LONGEST_PAUSE: Final = 5.0

log = structlog.get_logger()


class _Answered(NamedTuple):
    """A message that was answered, and the row that tells of it."""

    target: Target
    item: Item
    row: tuple[Any, ...]


class Sender:
    """Sends what the webhooks of one house ask for, while ``may_send``."""

    def __init__(
        self, house: str, database: Database, owners: Owners, reach: Reach, may_send: Callable[[], bool]
    ) -> None:
        self._house = house
        self._database = database
        self._owners = owners
        self._reach = reach
        self._may_send = may_send
        self._targets: dict[UUID, Target] = {}
        self._answered: list[_Answered] = []
        self._without_text: list[tuple[Target, Item]] = []
        self._share = 1
        self._called = asyncio.Event()
        self._fault: BaseException | None = None
        self._entered = False
        self._in_doubt = False
        """Whether notes were taken that may not have been written down: the lines count on rows that are not there."""
        self._look_at = self._write_places_at = self._measure_at = float("-inf")

    def wake(self, uow: UnitOfWork) -> None:
        """A transaction committed: look, if it entered any change."""
        if uow.entered:
            self._entered = True
            self._called.set()

    async def run(self) -> None:
        """Send until cancelled; trouble with the database is waited out, and then everything is read anew."""
        pause = _LOOK_SECONDS
        for status in (DeliveryStatus.DELIVERED, DeliveryStatus.RETRYING, DeliveryStatus.EXHAUSTED):
            metrics.WEBHOOK_DELIVERIES.labels(self._house, status)
        while True:
            try:
                while self._may_send():
                    await self._go_round()
                    pause = _LOOK_SECONDS
            except Exception as error:
                if not is_transient(error):
                    raise
                pause = min(_LONGEST_PAUSE, pause * 2)
                log.warning("webhooks.wait", house=self._house, reason=sentence_of(error), seconds=pause)
            finally:
                await self._leave_all()
            await asyncio.sleep(pause)

    async def _go_round(self) -> None:
        self._called.clear()
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault
        now = _seconds()
        await self._write_down()
        if now >= self._look_at:
            self._look_at = now + _LOOK_SECONDS
            self._entered = True
            await self._look_at_webhooks()
        await self._read_on()
        await self._read_texts()
        self._send_what_may_go()
        if now >= self._measure_at:
            self._measure_at = now + _MEASURE_SECONDS
            await self._measure()
        if not self._without_text:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._called.wait()

    async def _look_at_webhooks(self) -> None:
        """Take up what is new, begin anew with what its owner changed, and leave what is gone."""
        rows = {row.id: row for row in await self._database.read(all_webhooks)}
        now = self._database.resources.clock.now()
        targets, owners = list(self._targets.values()), self._owners
        left = [target for target in targets if not target.is_as(rows.get(target.row.id), now, owners)]
        for target in left:
            await self._leave(target)
        if left:
            await self._write_down()
        for webhook_id, row in rows.items():
            if webhook_id in self._targets:
                self._targets[webhook_id].row = row
            else:
                self._targets[webhook_id] = await self._database.read(load_target, row, self._owners, self._reach)

    async def _read_on(self) -> None:
        """Read the feed on, once for all who stand at the same place."""
        if self._entered:
            self._entered = False
            for target in self._targets.values():
                target.may_have_more = True
        standing: defaultdict[int, list[Target]] = defaultdict(list)
        for target in self._targets.values():
            if target.may_have_more and self._may_be_told(target) and target.line.room >= WINDOW // 2:
                standing[target.line.read_to].append(target)
        for place, targets in standing.items():
            entered = await self._database.read(_read_for, self._owners, place, targets)
            for target in targets:
                target.may_have_more = len(entered) == _READ_AT_ONCE
                _hand(target, entered)
                if target.may_have_more:
                    self._called.set()

    async def _read_texts(self) -> None:
        """Read the changes that are due and have been out of memory meanwhile."""
        due, self._without_text = self._without_text, []
        if not due:
            return
        changes = await self._database.read(changes_of, sorted({item.seq for _, item in due}))
        for target, item in due:
            change = changes.get(item.seq)
            if change is None or not target.sight.shows(change):
                target.line.forget(item)
                continue
            item.text = change.item
            if self._targets.get(target.row.id) is target:
                self._start(target, item)

    def _send_what_may_go(self) -> None:
        busy = [target for target in self._targets.values() if not target.line.is_empty]
        self._share = max(1, MOST_AT_ONCE // max(1, len(busy)))
        for target in busy:
            self._send_next(target)

    def _send_next(self, target: Target) -> None:
        if not (self._may_send() and self._may_be_told(target)):
            return
        for item in target.line.next_to_send(self._database.resources.clock.now(), self._share):
            if item.text is None:
                self._without_text.append((target, item))
                self._called.set()
            else:
                self._start(target, item)

    def _may_be_told(self, target: Target) -> bool:
        return target.line.paused_because is None and self._owners.may_be_told(target.row)

    def _start(self, target: Target, item: Item) -> None:
        assert item.text is not None
        task = asyncio.create_task(self._send(target, item, item.text))
        target.tasks.add(task)
        task.add_done_callback(target.tasks.discard)
        task.add_done_callback(self._look_at_end)

    def _look_at_end(self, task: asyncio.Task[None]) -> None:
        """What nobody foresaw ends the round, and not the message alone: its subject would wait for ever."""
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._fault = fault
            self._called.set()

    async def _send(self, target: Target, item: Item, text: str) -> None:
        at = self._database.resources.clock.now()
        outcome = await target.receiver.send(headers(target.signing, str(item.event_id), at, text), text, at)
        status = self._settle(target, item, outcome)
        metrics.WEBHOOK_DELIVERIES.labels(self._house, status).inc()
        self._send_next(target)

    def _settle(self, target: Target, item: Item, outcome: Outcome) -> DeliveryStatus:
        """Have the line know what came of it, and keep what is to be written down."""
        line, now = target.line, self._database.resources.clock.now()
        if outcome.delivered:
            line.delivered(item, now)
            status = DeliveryStatus.DELIVERED
        else:
            exhausted = line.failed(item, outcome, now)
            status = DeliveryStatus.EXHAUSTED if exhausted else DeliveryStatus.RETRYING
        self._answered.append(_Answered(target, item, target.row_of(item, status, now, outcome)))
        if len(self._answered) >= _WRITTEN_TOGETHER:
            self._called.set()
        elif len(self._answered) == 1:
            asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._called.set)
        return status

    async def _write_down(self) -> None:
        """Write down what was answered since the last time, and now and then the places alone."""
        answered, self._answered = self._answered, []
        by_target: defaultdict[UUID, list[_Answered]] = defaultdict(list)
        targets = {one.target.row.id: one.target for one in answered}
        for one in answered:
            by_target[one.target.row.id].append(one)
        if _seconds() >= self._write_places_at:
            self._write_places_at = _seconds() + _PLACE_SECONDS
            targets |= {key: each for key, each in self._targets.items() if each.line.passed != each.written}
        targets |= {key: each for key, each in self._targets.items() if each.line.needs_rows}
        notes = [self._note(target, by_target[webhook_id]) for webhook_id, target in targets.items()]
        if notes:
            self._in_doubt = True
            await self._database.write(write_down, notes)
            self._in_doubt = False

    def _note(self, target: Target, answered: Iterable[_Answered]) -> Note:
        now = self._database.resources.clock.now()
        rows = {one.item.seq: one.row for one in answered}
        for item in target.line.take_rows([one.item for one in answered]):
            rows[item.seq] = target.row_of(item, DeliveryStatus.WAITING, now)
        target.written = target.line.passed
        return Note(target.row.id, target.row.version, target.written, target.standing(), list(rows.values()))

    async def _leave(self, target: Target) -> None:
        """Send nothing more to it; what is on its way is broken off, and sent again where it is taken up again."""
        self._targets.pop(target.row.id, None)
        tasks = list(target.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await target.receiver.aclose()

    async def _leave_all(self) -> None:
        for target in list(self._targets.values()):
            await self._leave(target)
        self._without_text.clear()
        self._look_at = float("-inf")
        if not self._in_doubt:
            with contextlib.suppress(Exception):
                await self._write_down()
        self._in_doubt = False
        self._answered.clear()
        self._show(Counter(), Counter(), 0.0)

    async def _measure(self) -> None:
        paused = Counter(target.paused_because(self._owners) for target in self._targets.values())
        oldest, lacking = 0.0, Counter[str]()
        for target in self._targets.values():
            lacking["behind"] += target.row.behind_since is not None
            if self._may_be_told(target):
                number, seconds = await self._database.read(_waits, target)
                lacking["waiting"] += number
                oldest = max(oldest, seconds)
        self._show(paused, lacking, oldest)

    def _show(self, paused: Counter[PauseCause | None], lacking: Counter[str], oldest: float) -> None:
        for cause in PauseCause:
            metrics.WEBHOOKS_PAUSED.labels(self._house, cause).set(paused[cause])
        metrics.WEBHOOKS_BEHIND.labels(self._house).set(lacking["behind"])
        metrics.WEBHOOK_WAITING.labels(self._house).set(lacking["waiting"])
        metrics.WEBHOOK_OLDEST_SECONDS.labels(self._house).set(oldest)


def _hand(target: Target, entered: Iterable[tuple[Place, Change]]) -> None:
    """Put what its owner sees of these changes at the end of the line, as far as there is room."""
    line = target.line
    for place, change in entered:
        if not line.room:
            target.may_have_more = True
            return
        if place.seq in target.told:
            target.told.discard(place.seq)
        elif target.sight.shows(change):
            line.add([item_of(place.seq, change)])
        line.read_to = place.seq


def _read_for(reading: Reading, owners: Owners, place: int, targets: Iterable[Target]) -> list[tuple[Place, Change]]:
    """What was entered behind a place, and what the owners see at that moment."""
    for target in targets:
        target.sight = owners.sight(reading, target.row)
    return entered_after(reading, place, _READ_AT_ONCE)


def _waits(reading: Reading, target: Target) -> tuple[int, float]:
    number, oldest = waiting(reading, target.row, target.sight)
    return number, (reading.now() - oldest).total_seconds() if oldest else 0.0


def _seconds() -> float:
    return asyncio.get_running_loop().time()
