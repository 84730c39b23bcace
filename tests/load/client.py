"""The load: HTTP/1.1 over keep-alive connections, in a process of its own and as cheap as Python allows."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from statistics import quantiles
from typing import Literal, cast

import uvloop

from shared.ids import derived_id
from shared.months import format_month, parse_month
from tests.load.county import INCOME_HOUSEHOLDS, household_code, ill_household

EVENT_EACH = 10
"""In mixed loads one fact in so many raises an event."""
BATCH_FACTS = 500
SOURCE = "bench"
_PROGRAM = [sys.executable, "-m", "tests.load.client"]
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"
_PATIENCE_SECONDS = 120
_LAST_MONTH = parse_month("2026-10")

Kind = Literal["illness", "income", "mixed", "batch", "flood", "flood-batch", "wage"]


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent, how fast and for how long.

    ``illness`` facts each raise an event about another household, ``income`` ones raise none, ``mixed`` ones do one
    time in ten, a ``batch`` holds 500 mixed ones; a ``flood`` strikes one household after the other, a ``flood-batch``
    500 of them; a ``wage`` is one of the placements', in turn, each time for another month. Without ``rate`` every
    connection sends its next request once the last one is answered.
    """

    port: int
    path: str
    token: str
    kind: Kind
    seconds: float
    connections: int
    name: str
    """Makes the references of this load its own."""
    first: int
    """The first household, in the count of `ill_household`, about which nothing was told yet; or the first wage."""
    last: int
    placements: Sequence[str] = ()
    """Those that pay wages."""
    rate: float | None = None
    core: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    samples: list[tuple[str, int, int]]
    """For each request: the first household it is about, or the credit it makes, when it was due to be sent, when its
    answer was complete."""
    statuses: dict[str, int]
    told: int
    """How much of what was told has an effect elsewhere: households that are ill, wages."""

    @property
    def per_second(self) -> float:
        """Requests answered a second."""
        return len(self.samples) / self.seconds

    @property
    def seconds(self) -> float:
        """From the first request sent to the last one answered."""
        return (max(done for _, _, done in self.samples) - min(sent for _, sent, _ in self.samples)) / 1e9

    @property
    def milliseconds(self) -> list[float]:
        """How long each request took."""
        return [(done - sent) / 1e6 for _, sent, done in self.samples]


def percentile(values: list[float], percent: int) -> float:
    """A percentile of some measurements."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def run_load(load: Load) -> Answered:
    """Send a load from another process and wait for its end."""
    done = subprocess.run(
        _PROGRAM,
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        timeout=load.seconds + _PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load did not run: {done.stderr[-2000:]}")
    answered = Answered(**json.loads(done.stdout))
    unexpected = {status: number for status, number in answered.statuses.items() if status not in {"200", "201"}}
    if unexpected:
        raise RuntimeError(f"{load.path} answered {unexpected}")
    return answered


class Facts:
    """Facts and wages as JSON, each under a reference of its own."""

    def __init__(self, name: str, first: int, last: int, placements: Sequence[str] = ()) -> None:
        self._name = name
        self._placements = placements
        self._wages = count(first)
        self._ill = iter(range(first, last))
        self._places = iter(range(sys.maxsize))
        self._references = iter(range(sys.maxsize))
        self.told = 0

    def of(self, kind: Kind) -> Iterator[tuple[str, bytes]]:
        """For each request: the first household it is about, or the credit it makes, and its body.

        Ends when all households are ill.
        """
        makers: dict[Kind, Callable[[], tuple[str, bytes] | None]] = {
            "illness": self._illness,
            "income": self._income,
            "mixed": self._mixed,
            "batch": lambda: self._batch(self._mixed),
            "flood": self._flood,
            "flood-batch": lambda: self._batch(self._flood),
            "wage": self._wage,
        }
        return iter(makers[kind], None)

    def _illness(self) -> tuple[str, bytes] | None:
        place = next(self._ill, None)
        if place is None:
            return None
        self.told += 1
        code = ill_household(place)
        payload = '{"code":"C34.9","name":"lung cancer","serious":true,"main_earner":false}'
        return code, self._fact(code, "1", "illness", payload)

    def _mixed(self) -> tuple[str, bytes] | None:
        place = next(self._places)
        return self._illness() if place % EVENT_EACH == 0 else self._income_of(place)

    def _income(self) -> tuple[str, bytes]:
        return self._income_of(next(self._places))

    def _income_of(self, place: int) -> tuple[str, bytes]:
        code = household_code(place % INCOME_HOUSEHOLDS)
        payload = '{"branch":"wage","month":"2026-10","amount":"100.00","operating_cost":"0.00"}'
        return code, self._fact(code, "null", "income", payload)

    def _flood(self) -> tuple[str, bytes] | None:
        place = next(self._ill, None)
        if place is None:
            return None
        self.told += 1
        code = ill_household(place)
        return code, self._fact(code, "null", "disaster", '{"sub_kind":"flood","loss":"3000.00","house_damaged":false}')

    def _batch(self, one: Callable[[], tuple[str, bytes] | None]) -> tuple[str, bytes] | None:
        facts = [fact for fact in (one() for _ in range(BATCH_FACTS)) if fact is not None]
        if len(facts) < BATCH_FACTS:
            return None
        return facts[0][0], b'{"mode":"live","facts":[%s]}' % b",".join([body for _, body in facts])

    def _wage(self) -> tuple[str, bytes]:
        self.told += 1
        reference = f"{self._name}-{next(self._references)}"
        back, place = divmod(next(self._wages), len(self._placements))
        body = (
            f'{{"source":"{SOURCE}","source_ref":"{reference}","placement_id":"{self._placements[place]}",'
            f'"month":"{format_month(_LAST_MONTH - back)}","amount":"100.00"}}'
        )
        return str(derived_id("wage", SOURCE, reference)), body.encode()

    def _fact(self, code: str, member: str, fact_type: str, payload: str) -> bytes:
        return (
            f'{{"source":"{SOURCE}","source_ref":"{self._name}-{next(self._references)}","household_code":"{code}",'
            f'"member_no":{member},"observed_on":"2026-11-02","type":"{fact_type}","payload":{payload}}}'
        ).encode()


class _Sender:
    """Keeps the connections busy, or keeps to the rate."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._facts = Facts(load.name, load.first, load.last, load.placements)
        self._requests = self._facts.of(load.kind)
        self._head = (
            f"POST {load.path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {load.token}\r\n"
            "content-type: application/json\r\ncontent-length: "
        ).encode()
        self._idle: deque[_Connection] = deque()
        self._overdue: deque[int] = deque()
        self._under_way = 0
        self._closing = False
        self._done = asyncio.get_running_loop().create_future()
        self.samples: list[tuple[str, int, int]] = []
        self.statuses: Counter[int] = Counter()

    async def run(self) -> Answered:
        loop = asyncio.get_running_loop()
        for _ in range(self._load.connections):
            _, connection = await loop.create_connection(lambda: _Connection(self), "127.0.0.1", self._load.port)
            self._idle.append(connection)
        if self._load.rate is None:
            loop.call_later(self._load.seconds, self._close)
            while self._idle and not self._closing:
                self._send(self._idle.popleft(), time.monotonic_ns())
        else:
            await self._keep_to(self._load.rate)
            self._close()
        await self._done
        statuses = {str(status): number for status, number in self.statuses.items()}
        return Answered(self.samples, statuses, self._facts.told)

    def answered(self, connection: "_Connection", key: str, due: int, status: int) -> None:
        now = time.monotonic_ns()
        self.samples.append((key, due, now))
        self.statuses[status] += 1
        self._under_way -= 1
        if self._overdue:
            self._send(connection, self._overdue.popleft())
        elif self._load.rate is None and not self._closing:
            self._send(connection, now)
        else:
            self._idle.append(connection)
        self._end_if_over()

    def failed(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionResetError("the server closed a connection"))

    async def _keep_to(self, rate: float) -> None:
        step, due = 1e9 / rate, float(time.monotonic_ns())
        for _ in range(int(rate * self._load.seconds)):
            due += step
            await asyncio.sleep(max(0.0, (due - time.monotonic_ns()) / 1e9))
            if self._idle:
                self._send(self._idle.popleft(), int(due))
            else:
                self._overdue.append(int(due))

    def _send(self, connection: "_Connection", due: int) -> None:
        request = next(self._requests, None)
        if request is None:
            self._idle.append(connection)
            self._overdue.clear()
            self._close()
            return
        key, body = request
        self._under_way += 1
        connection.send(key, due, b"%b%d\r\n\r\n%b" % (self._head, len(body), body))

    def _close(self) -> None:
        self._closing = True
        self._end_if_over()

    def _end_if_over(self) -> None:
        if self._closing and self._under_way == 0 and not self._overdue and not self._done.done():
            self._done.set_result(None)


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self, sender: _Sender) -> None:
        self._sender = sender
        self._received = b""
        self._write: Callable[[bytes], None]
        self._key, self._due = "", 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = cast("asyncio.WriteTransport", transport).write

    def send(self, key: str, due: int, request: bytes) -> None:
        self._key, self._due = key, due
        self._write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(_END_OF_HEAD)
        if head < 0:
            return
        length = _LENGTH.search(self._received, 0, head)
        assert length is not None, "every answer tells its length"
        if len(self._received) < head + len(_END_OF_HEAD) + int(length[1]):
            return
        status, self._received = int(self._received[9:12]), b""
        self._sender.answered(self, self._key, self._due, status)

    def connection_lost(self, exc: Exception | None) -> None:
        self._sender.failed(exc)


async def _run(load: Load) -> Answered:
    return await _Sender(load).run()


def main() -> None:
    """Read a load from standard input, send it, and write what came back to standard output."""
    load = Load(**json.load(sys.stdin))
    if load.core is not None:
        os.sched_setaffinity(0, {load.core})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(asdict(runner.run(_run(load))), sys.stdout)


if __name__ == "__main__":
    main()
