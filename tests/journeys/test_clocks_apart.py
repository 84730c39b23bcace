"""Two processes a house, their clocks two seconds apart over midnight, each killed in turn while that lasts."""

import asyncio
import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.local import kafka
from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer
from shared.clock import BUSINESS_ZONE
from shared.codes.monitoring import IncomeBranch, RiskKind
from tests.builders import household, illness_fact, income_fact, member
from tests.houses.assistance.builders import DISBURSEMENTS, cash
from tests.houses.monitoring.builders import WINDOW, YEAR_BEFORE, wages
from tests.journeys.money import credited, in_the_ledger, paid_out
from tests.journeys.set_ups import Caller, SetUp, with_clocks
from tests.load.crash import SETTLE_SECONDS
from tests.real_parts import require_or_skip

SLOW, FAST = "slow", "fast"
APART = dt.timedelta(seconds=2)
NOON = dt.timedelta(hours=12)
BEFORE = dt.timedelta(seconds=30)
"""What the processes have to start again before the slow clock shows midnight."""
AROUND = dt.timedelta(seconds=4)
"""Requests are sent from so long before the fast clock's midnight to so long after the slow one's."""
PAUSE = 0.1
FEN = 50_000
HOMES = [f"CLOCK{number}" for number in range(8)]
"""Households that are paid cash and told to be ill."""
FAILING = [f"FAILS{number}" for number in range(2)]
"""Households whose one large income leaves the window with the turn of October, while months of nothing are told."""
FACTS = "/monitoring/v1/facts"


@pytest.fixture
def broker() -> Iterator[KafkaCluster]:
    """A broker with nothing on it."""
    require_or_skip(kafka.unavailable_reason())
    with KafkaCluster.start() as cluster:
        yield cluster


@pytest.mark.parametrize("day", [dt.date(2026, 11, 17), dt.date(2026, 11, 1)], ids=["midnight", "month's end"])
async def test_clocks_apart_over_midnight_lose_double_and_set_aside_nothing(
    tmp_path: Path, postgres_server: PostgresServer, broker: KafkaCluster, day: dt.date
) -> None:
    midnight = dt.datetime.combine(day, dt.time(), BUSINESS_ZONE)
    noon = midnight - NOON - dt.datetime.now(dt.UTC)
    async with with_clocks(tmp_path, postgres_server, broker, {SLOW: noon, FAST: noon + APART}) as set_up:
        await set_up.start_all()
        async with set_up.caller() as caller:
            turn = Turn(set_up, midnight, {name: caller.at(set_up.roles[name].port) for name in set_up.roles})
            await turn.prepare()
            await turn.wind_on()
            async with asyncio.TaskGroup() as group:
                group.create_task(turn.pay_and_tell())
                group.create_task(turn.kill_each())
        await set_up.ready()
        await set_up.settled(SETTLE_SECONDS)
        await turn.reckon()


class Turn:
    """What is sent to both processes in turn while midnight passes, and what has to come of it."""

    def __init__(self, set_up: SetUp, midnight: dt.datetime, callers: dict[str, Caller]) -> None:
        self._set_up = set_up
        self._midnight = midnight
        self._callers = callers
        self._paid: Counter[str] = Counter()
        self._days: set[tuple[str, dt.date]] = set()

    def shown(self, name: str) -> dt.datetime:
        """What the clock of a process shows."""
        ahead = self._set_up.roles[name].ahead
        assert ahead is not None
        return dt.datetime.now(BUSINESS_ZONE) + ahead

    async def prepare(self) -> None:
        """Register the households, and tell of the year of those that fail."""
        one = self._callers[SLOW]
        for code in (*HOMES, *FAILING):
            await self._sent(one, "PUT", f"/monitoring/v1/households/{code}", household([member(1)]))
        for code in FAILING:
            own = {"prefix": code, "household_code": code, "observed_on": "2026-10-20"}
            year = wages([*YEAR_BEFORE[:-1], *WINDOW[:-1]], "600.00", **own)
            sold = wages(YEAR_BEFORE[-1:], "90000.00", **own, confirmed="sold the house")
            await self._sent(one, "POST", FACTS, {"facts": [*year, *sold]})
        while len(await self._set_up.rows("assistance", "known_household", "code")) < len(HOMES) + len(FAILING):
            await asyncio.sleep(PAUSE)

    async def wind_on(self) -> None:
        """Start both processes again, their clocks as shortly before midnight as the machine can start them."""
        for times in (1, 3, 9):
            ahead = self._midnight - BEFORE * times - dt.datetime.now(dt.UTC)
            for name, clock in ((SLOW, ahead), (FAST, ahead + APART)):
                self._set_up.kill(name)
                self._set_up.roles[name] = replace(self._set_up.roles[name], ahead=clock)
                self._set_up.start(name)
            await self._set_up.ready()
            if self.shown(FAST) < self._midnight - AROUND:
                return
        pytest.fail("there was too little time before midnight")

    async def pay_and_tell(self) -> None:
        """Cash of the month a process is in, months of nothing, and diagnoses of the day of whoever is ahead."""
        await self._until(FAST, -AROUND)
        for number, name in zip(itertools.count(), itertools.cycle((SLOW, FAST, FAST, SLOW)), strict=False):
            if self.shown(SLOW) > self._midnight + AROUND and self._days >= self._both_days():
                break
            code, failing, caller = HOMES[number % len(HOMES)], FAILING[number % len(FAILING)], self._callers[name]
            today = self.shown(name).date()
            paid = cash(source_ref=f"turn-{number}", household_code=code, month=f"{today:%Y-%m}")
            await self._sent(caller, "POST", DISBURSEMENTS, paid)
            self._paid[code] += FEN
            self._days.add((name, today))
            nothing = income_fact(WINDOW[-1], "0.00", household_code=failing, observed_on="2026-10-20")
            await self._sent(caller, "POST", FACTS, nothing | {"source_ref": f"zero-{number}"})
            ill = illness_fact(household_code=code, observed_on=self.shown(FAST).date().isoformat())
            await self._sent(caller, "POST", FACTS, ill | {"source_ref": f"ill-{number}"})
            await asyncio.sleep(PAUSE)

    async def kill_each(self) -> None:
        """Each process dies once: the slow one while only the other has the new day, the fast one when both have it."""
        await self._until(FAST, APART / 2)
        await self._die(SLOW)
        await self._until(SLOW, APART / 2)
        await self._die(FAST)

    async def reckon(self) -> None:
        """Both days were seen by both; every fen is in the ledger once, each alarm was told once, nothing is dead."""
        assert self._days == self._both_days()
        money = {(code, str(IncomeBranch.TRANSFER)): fen for code, fen in self._paid.items()}
        for told in (paid_out, credited, in_the_ledger):
            assert await told(self._set_up) == money
        alarms = {(code, kind, 1) for code in FAILING for kind in (RiskKind.BELOW_LINE, RiskKind.INCOME_DROP)}
        alarms |= {(code, RiskKind.NEW_ILLNESS, 1) for code in HOMES}
        assert await self._episodes("monitoring", "risk") == Counter(alarms)
        assert await self._episodes("assistance", "task") == Counter(alarms)
        for house in self._set_up.houses:
            assert await self._set_up.rows(house, "dead_letter", "error") == []

    def _both_days(self) -> set[tuple[str, dt.date]]:
        new, old = self._midnight.date(), self._midnight.date() - dt.timedelta(days=1)
        return {(name, day) for name in (SLOW, FAST) for day in (old, new)}

    async def _episodes(self, house: str, table: str) -> Counter[tuple[str, RiskKind, int]]:
        rows = await self._set_up.rows(house, table, "household_code", "kind", "episode")
        return Counter((row["household_code"], row["kind"], row["episode"]) for row in rows)

    async def _sent(self, caller: Caller, method: str, path: str, body: Any) -> None:
        answer = await caller.insist(method, path, body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        assert answer.json().get("rejected", 0) == 0, answer.text

    async def _until(self, name: str, since_midnight: dt.timedelta) -> None:
        await asyncio.sleep((self._midnight + since_midnight - self.shown(name)).total_seconds())

    async def _die(self, name: str) -> None:
        self._set_up.kill(name)
        self._set_up.start(name)
        await self._set_up.ready(name)
