"""Whatever is recorded, corrected and withdrawn, in any order: a month pays what stands, and goes on where it was."""

import datetime as dt
import random
from typing import Any, NamedTuple

import httpx
import pytest

from shared.clock import SystemClock
from shared.house import House
from shared.ids import derived_id
from tests.houses.consumption.builders import API, DONGGUAN, order, place
from tests.mechanism.probe import ON_SQLITE

PAYMENTS = f"{API}/payments"
FIRST, DAYS, STEPS = dt.date(2026, 8, 1), 120, 40


class Paid(NamedTuple):
    """A payment that stands, as whoever made it knows it."""

    buyer: str
    on: dt.date
    fen: int


class Book:
    """The book of somebody who does the same by hand."""

    def __init__(self, client: httpx.AsyncClient, chance: random.Random) -> None:
        self._client, self._chance = client, chance
        self._sent = 0
        self.standing: dict[str, Paid] = {}

    async def step(self) -> None:
        """Record, correct or withdraw, sometimes twice."""
        known = self._chance.choice([None, *self.standing])
        if known is not None and self._chance.random() < 0.4:
            await self._withdraw(known)
        else:
            await self._record(known)

    async def _record(self, instead_of: str | None) -> None:
        self._sent += 1
        day = FIRST + dt.timedelta(days=self._chance.randrange(DAYS))
        paid = Paid(self._chance.choice(DONGGUAN), day, self._chance.randrange(1, 100_000))
        body: dict[str, Any] = {"source": "finance", "source_ref": str(self._sent), "buyer_code": paid.buyer}
        body |= {"paid_on": str(paid.on), "amount": f"{paid.fen / 100:.2f}"}
        if instead_of is not None:
            body["supersedes"] = {"source": "finance", "source_ref": instead_of}
            del self.standing[instead_of]
        for expected in self._once_or_twice():
            answer = await self._client.post(PAYMENTS, json=body)
            assert answer.status_code == expected, answer.text
        self.standing[str(self._sent)] = paid

    async def _withdraw(self, reference: str) -> None:
        body = {"source": "finance", "source_ref": f"w-{reference}", "reason": "duplicate"}
        for expected in self._once_or_twice():
            path = f"{PAYMENTS}/{derived_id('payment', 'finance', reference)}/withdrawal"
            answer = await self._client.post(path, json=body)
            assert answer.status_code == expected, answer.text
        del self.standing[reference]

    def _once_or_twice(self) -> tuple[int, ...]:
        return (201,) if self._chance.random() < 0.5 else (201, 200)

    def paid_in(self, buyer: str, month: str) -> int:
        """What stands of a month, in fen."""
        return sum(one.fen for one in self.standing.values() if one.buyer == buyer and f"{one.on:%Y-%m}" == month)


@ON_SQLITE
@pytest.mark.parametrize("seed", range(3))
async def test_statements_are_what_stands(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, seed: int
) -> None:
    for code in DONGGUAN:
        await place(buyer, order(("TEA", "1.000"), buyer_code=code))
    house.database.resources.clock = SystemClock(business_date=FIRST + dt.timedelta(days=DAYS))
    book = Book(officer, random.Random(seed))
    for _ in range(STEPS):
        await book.step()
    for code in DONGGUAN:
        owed = 0
        for month in ("2026-08", "2026-09", "2026-10", "2026-11"):
            shown = (await buyer.get(f"{API}/statements/{code}/{month}")).json()
            said = [round(float(shown[name]) * 100) for name in ("opening", "settled", "restated", "paid", "closing")]
            paid = book.paid_in(code, month)
            assert said == [owed, 0, 0, paid, owed - paid], (seed, code, shown)
            owed -= paid
