"""Whatever is said, and whatever happens in between: no fen is lost or doubled, and each is where its earner lives."""

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.monitoring.models.ledger import LedgerMonth
from services.monitoring.recomputes.commands import prove_ledger
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.money import format_yuan
from shared.months import format_month, parse_month
from tests.builders import household, income_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import Monitoring, correction, open_monitoring, withdrawal
from tests.houses.monitoring.household_events.builders import event, happened, split

_DAYS = [f"2026-{month:02}-{day:02}" for month in range(5, 9) for day in (1, 15)]
_LEAVES = st.sampled_from([None, "migrant"])
_FACT = st.tuples(
    st.just("fact"),
    st.integers(0, 99),
    st.booleans(),
    st.sampled_from(["2026-01", "2026-04", "2026-10"]),
    st.integers(100_00, 30_000_00),
    st.tuples(_LEAVES, st.sampled_from(["village-report", "county-survey"])),
)
_STEP = st.one_of(
    _FACT,
    st.tuples(st.just("split"), st.integers(0, 99), st.integers(0, 99)),
    st.tuples(st.just("merge"), st.integers(0, 99), st.integers(0, 99)),
    st.tuples(st.just("correct"), st.integers(0, 99), st.integers(100_00, 30_000_00)),
    st.tuples(st.just("withdraw"), st.integers(0, 99)),
)
_prefixes = (f"R{number:06d}" for number in itertools.count())


@dataclass
class Told:
    """A fact that counts: what was sent, and whose it is."""

    document: dict[str, Any]
    earner: str
    """The person's name, or the household that was named without one."""


@dataclass
class Village:
    """What should be: who lives where, and where the pots are that nobody by name filled."""

    monitoring: Monitoring
    prefix: str
    homes: dict[str, list[str]] = field(default_factory=dict)
    pots: dict[str, str] = field(default_factory=dict)
    named: dict[tuple[str, int], str] = field(default_factory=dict)
    """Who is meant by a number of a household, also of one that is no more."""
    told: list[Told] = field(default_factory=list)
    leaves: Counter[str] = field(default_factory=Counter)
    days: list[str] = field(default_factory=lambda: list(_DAYS))
    sent: int = 0

    async def settle(self) -> None:
        for home, size in (("A", 3), ("B", 2)):
            code = self.prefix + home
            people = [member(number, name=f"{code}{number}") for number in range(1, size + 1)]
            await self.monitoring.put(household(people), code=code)
            self.pots[code] = code
            await self.look(code)

    async def look(self, code: str) -> None:
        """Learn under which numbers people live in a household."""
        shown = (await self.monitoring.get(f"households/{code}"))["members"]
        self.homes[code] = [one["name"] for one in shown]
        self.named |= {(code, one["member_no"]): one["name"] for one in shown}

    def sums(self) -> Counter[str]:
        lives = {name: code for code, names in self.homes.items() for name in names}
        found: Counter[str] = Counter()
        for one in self.told:
            home = lives.get(one.earner) or self.pots[one.earner]
            found[home] += round(float(one.document["payload"]["amount"]) * 100)
        return +found

    async def take(self, step: Any) -> None:
        kind, *chosen = step
        self.sent += 1
        reference = f"{self.prefix}-{self.sent}"
        if kind == "fact":
            await self.say(reference, *chosen)
        elif kind in ("correct", "withdraw") and self.told:
            await self.put_right(kind, reference, *chosen)
        elif kind in ("split", "merge") and self.days:
            await self.happen(kind, reference, *chosen)

    async def say(self, reference: str, which: int, by_name: bool, month: str, fen: int, leaf: Any) -> None:
        known = sorted(self.named)
        code, number = known[which % len(known)]
        of_leaf, source = leaf
        more = {} if of_leaf is None else {"leaf": of_leaf}
        sent = income_fact(month, format_yuan(fen)) | {
            "source_ref": reference,
            "household_code": code,
            "source": source,
        }
        earner = self.named[code, number] if by_name else code
        if by_name:
            sent["member_no"] = number
        sent["payload"] |= more
        if of_leaf is not None:
            self.leaves[earner] += 1  # of each earner, leaf and month one source speaks
            sent["payload"]["month"] = format_month(parse_month("2024-01") + self.leaves[earner])
        await self.monitoring.record(sent)
        self.told.append(Told(sent, earner))

    async def put_right(self, kind: str, reference: str, which: int, fen: int = 0) -> None:
        before = self.told.pop(which % len(self.told))
        if kind == "withdraw":
            await self.monitoring.record(withdrawal(before.document, reference))
            return
        corrected = correction(before.document, reference, amount=format_yuan(fen))
        await self.monitoring.record(corrected)
        self.told.append(Told(corrected, before.earner))

    async def happen(self, kind: str, reference: str, which: int, other: int) -> None:
        living = sorted(code for code, names in self.homes.items() if names)
        code = living[which % len(living)]
        if (kind == "split" and len(self.homes[code]) < 2) or (kind == "merge" and len(living) < 2):
            return
        on = self.days.pop(0)
        before = await self.as_of_the_day_before(on)
        to = f"{reference}N"
        if kind == "split":
            numbers = {name: number for (home, number), name in sorted(self.named.items()) if home == code}
            leaver = numbers[self.homes[code][other % len(self.homes[code])]]
            said = split(leaver, head=leaver, source_ref=reference, code=to, household_code=code, on=on)
            self.pots[to] = to
        else:
            to = [each for each in living if each != code][other % (len(living) - 1)]
            said = event("merge", reference, household_code=code, into=to, on=on)
            self.pots = {pot: to if home == code else home for pot, home in self.pots.items()}
        await happened(self.monitoring, said)
        for each in (code, to):
            await self.look(each)
        assert await self.kept() == self.sums()
        after = await self.as_of_the_day_before(on)
        assert {each: after[each] for each in before} == before

    async def kept(self) -> Counter[str]:
        return await self.monitoring.house.database.read(_sums, self.prefix)

    async def as_of_the_day_before(self, on: str) -> dict[str, Any]:
        """What each household earned and how many lived there, just before."""
        day = f"{on[:8]}{int(on[8:]) - 1:02}" if not on.endswith("-01") else f"{on[:6]}{int(on[6]) - 1}-28"
        return {code: await self.monitoring.get(f"households/{code}/income", as_of=day) for code in sorted(self.homes)}


def _sums(reading: Reading, prefix: str) -> Counter[str]:
    table = table_of(LedgerMonth)
    asked = sa.select(table.c.household_code, sa.func.sum(table.c.wage)).where(
        table.c.household_code.startswith(prefix)
    )
    return +Counter(
        {code: int(fen) for code, fen in reading.connection.execute(asked.group_by(table.c.household_code))}
    )


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


async def _all_is_where_it_belongs(monitoring: Monitoring, steps: list[Any]) -> None:
    village = Village(monitoring, next(_prefixes))
    await village.settle()
    for step in steps:
        await village.take(step)
    assert await village.kept() == village.sums()
    assert (await monitoring.house.database.write(prove_ledger, village.prefix, 1000))[1] == []


_SHARED = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@settings(_SHARED, max_examples=20)
@given(steps=st.lists(_STEP, min_size=4, max_size=16))
async def test_every_fen_is_where_its_earner_lives(
    monitoring: Monitoring, databases: Databases, steps: list[Any]
) -> None:
    await _all_is_where_it_belongs(monitoring, steps)


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
@settings(_SHARED, max_examples=6)
@given(steps=st.lists(_STEP, min_size=8, max_size=16))
async def test_every_fen_is_where_its_earner_lives_on_postgresql(
    monitoring: Monitoring, databases: Databases, steps: list[Any]
) -> None:
    await _all_is_where_it_belongs(monitoring, steps)
