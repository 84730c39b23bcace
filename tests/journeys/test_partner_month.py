"""`make partner` on both set-ups, with processes killed under it: the books agree to the fen, nothing comes twice."""

import asyncio
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.demo.client import ApiClient
from services.demo.households import COMING_HOME, household_document
from services.partner.line import BadLine
from services.partner.month import API, BUYER, Month
from shared.money import format_yuan, parse_yuan
from tests.builders import TODAY
from tests.journeys.conftest import StartSetUp
from tests.journeys.set_ups import HOUSES, Caller, SetUp
from tests.journeys.test_newcomer import Start, run, starting

DAYS = 4
PATIENCE = 60.0
HOUSEHOLD = f"/monitoring/v1/households/{COMING_HOME.code}"
CONCERNED = {name: HOUSES[name] for name in ("monitoring", "consumption")}
_STRIKES_WITHIN_SECONDS = 0.03
_EVERY = 5


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    yield from starting(tmp_path)


class DeadlyLine(BadLine):
    """A line on which a process is killed under every fifth request, and started again."""

    def __init__(self, api: ApiClient, seed: int, set_up: SetUp) -> None:
        super().__init__(api, seed)
        self._set_up, self._strikes, self._posted = set_up, random.Random(seed), 0
        self.killed: Counter[str] = Counter()

    def post(self, path: str, document: Mapping[str, Any], *, once: str) -> Any:
        self._posted += 1
        if self._posted % _EVERY:
            return super().post(path, document, once=once)
        striking = threading.Timer(self._strikes.random() * _STRIKES_WITHIN_SECONDS, self._strike)
        striking.start()
        try:
            return super().post(path, document, once=once)
        finally:
            striking.join()

    def _strike(self) -> None:
        named = {of(house) for of in (self._set_up.api_of, self._set_up.worker_of) for house in CONCERNED}
        name = self._strikes.choice(sorted(named))
        self._set_up.kill(name)
        self._set_up.start(name)
        self.killed[name] += 1


async def test_the_books_of_a_month_agree_however_often_processes_are_killed(start_set_up: StartSetUp) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    set_up = await start_set_up(houses=CONCERNED)
    async with set_up.caller("partner-dongguan") as partner, set_up.caller() as supply:
        await supply.insist("PUT", HOUSEHOLD, household_document(COMING_HOME))
        await set_up.settled(PATIENCE)
        with api_of(partner, set_up) as ours, api_of(supply, set_up) as theirs:
            deadly = DeadlyLine(ours, seed, set_up), DeadlyLine(theirs, seed + 1, set_up)
            lived = await asyncio.to_thread(Month(*deadly, seed, DAYS).live)
            killed = deadly[0].killed + deadly[1].killed
            print(killed)
            assert killed.total() >= DAYS
            await set_up.ready()
            await set_up.settled(PATIENCE)
            await the_ledger_has_the_part_of_the_household(partner, supply)
            before = await set_up.tables()
            again = BadLine(ours, seed + 2), BadLine(theirs, seed + 3)
            assert await asyncio.to_thread(Month(*again, seed, DAYS).live) == lived
            await set_up.settled(PATIENCE)
            assert await set_up.tables() == before, "the same month once more"


def api_of(caller: Caller, set_up: SetUp) -> closing[ApiClient]:
    """The caller's client as the program has it, speaking to consumption."""
    url = set_up.url_of("consumption")
    return closing(ApiClient(httpx.Client(base_url=url, headers=caller.client.headers, trust_env=False), url))


async def the_ledger_has_the_part_of_the_household(partner: Caller, supply: Caller) -> None:
    """Three tenths of each delivery's value as the statement has it, half up, and each once."""
    statement = await partner.get(f"{API}/statements/{BUYER}/{TODAY:%Y-%m}")
    assert statement["closing"] == "0.00", "all is paid"
    values: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line in statement["lines"]:
        if line["kind"] != "paid":
            values[line["order_id"], line["delivery_no"]] += parse_yuan(line["amount"], signed=True)
    part = sum((3 * value + 5) // 10 for value in values.values())
    income = await supply.get(f"{HOUSEHOLD}/income?as_of=2026-12-01")
    assert {branch: fen for branch, fen in income["branches"].items() if fen != "0.00"} == {
        "operating": format_yuan(part)
    }


@pytest.mark.parametrize("days", ["0", "-1", "367"])
def test_days_that_are_no_month_are_refused_in_one_line(days: str) -> None:
    refused = run("services.partner", "--days", days)
    assert refused.returncode == 2
    assert refused.stderr == "--days is from 1 to 366\n"


def test_without_a_system_the_partner_says_so(tmp_path: Path) -> None:
    nothing = run("services.partner", "--data", str(tmp_path))
    assert nothing.returncode == 1
    assert "run `make run` in another terminal first" in nothing.stderr
    assert nothing.stderr.count("\n") == 1


def test_the_command_tells_what_came_of_it(start: Start) -> None:
    started = start()
    told = [run("services.partner", "--data", str(started.data), "--days", "2") for _ in range(2)]
    assert [done.returncode for done in told] == [0, 0], told[0].stderr
    assert "by my book, the statement and the feed" in told[0].stdout
    assert told[0].stdout.splitlines()[0] == told[1].stdout.splitlines()[0]
