"""Series of prices and supplies that are generated, with the gluts 滞销 that were planted in them. Nothing is real.

Two years of history come before the two that are judged. Every commodity has its season, some noise and days without
a price. Six stories: a glut; a harvest that falls as every autumn; a fall in which the goods sell or are ordered; full
stores at the usual price; a dip of few days; a cheap year.
"""

import datetime as dt
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.consumption.slow_sale_backtests.rules import Past, PriceKnown, Replayed, SupplyKnown, replay
from services.consumption.slow_sales.rules.parameters import SlowSaleParameters
from services.consumption.slow_sales.rules.supplies import Supply

FIRST: Final = dt.date(2022, 6, 1).toordinal()
JUDGED: Final = range(dt.date(2024, 11, 1).toordinal(), dt.date(2026, 11, 1).toordinal())
STORIES: Final = ("glut", "harvest", "selling", "full", "dip", "cheap")
_WEEK, _YEAR = 7, 365.25
_SEED: Final = 20261128


@dataclass
class Planted:
    """A generated series."""

    story: str
    prices: dict[int, int]
    supplies: dict[int, Supply]
    gluts: list[range] = field(default_factory=list)

    @property
    def past(self) -> Past:
        """As it would have come in, day by day."""
        prices = [PriceKnown(day, price, day) for day, price in sorted(self.prices.items())]
        return Past(prices, [SupplyKnown(one, day) for day, one in sorted(self.supplies.items())])


def planted(count: int = 120, seed: int = _SEED) -> list[Planted]:
    """So many series, each story equally often."""
    chance = random.Random(seed)
    return [_Making(chance, STORIES[number % len(STORIES)]).series() for number in range(count)]


class _Making:
    """One series in the making: what multiplies its price on a day, and how full its stores are."""

    def __init__(self, chance: random.Random, story: str) -> None:
        self.chance, self.story = chance, story
        self.usual = chance.randint(300, 4000)
        self.autumn, self.depth, self.width = (
            chance.randint(240, 320),
            chance.uniform(0.15, 0.4),
            chance.randint(20, 45),
        )
        self.events = list(self._events())
        self.gluts = [days for days, _, is_glut in self.events if is_glut]

    def series(self) -> Planted:
        days = range(FIRST, JUDGED.stop)
        prices = {day: self._price(day) for day in days if self.chance.random() > 0.08}
        supplies = {day: self._supply(day) for day in days if day % _WEEK == 0}
        return Planted(self.story, prices, supplies, self.gluts)

    def _events(self) -> Iterator[tuple[range, float, bool]]:
        """Days on which something happens: by how much the price falls, and whether it is a glut."""
        chance, first = self.chance, JUDGED.start + self.chance.randint(20, 60)
        for start in (first, first + chance.randint(330, 380)):
            begin = start + chance.randint(0, 220)
            if self.story == "glut":
                yield range(begin, begin + chance.randint(28, 60)), chance.uniform(0.28, 0.55), True
            elif self.story == "selling":
                yield range(begin, begin + chance.randint(25, 50)), chance.uniform(0.3, 0.5), False
            elif self.story == "dip":
                yield range(begin, begin + chance.randint(2, 3)), chance.uniform(0.3, 0.5), False
            elif self.story == "full":
                yield range(begin, begin + chance.randint(30, 90)), 0.0, False

    def _price(self, day: int) -> int:
        factor = self._season(day) * self._cheapness(day) * self.chance.gauss(1.0, 0.03)
        for days, fall, _ in self.events:
            if day in days:
                factor *= 1 - fall * min(1.0, (day - days.start + 1) / 4)
        return max(1, round(self.usual * factor))

    def _season(self, day: int) -> float:
        """A year's wave, and the fall at harvest, which comes some days earlier or later each year."""
        date = dt.date.fromordinal(day)
        of_year = date.timetuple().tm_yday
        shift = random.Random(f"{self.usual}-{date.year}").uniform(-4, 4)
        harvest = math.exp(-(((of_year - self.autumn - shift) / self.width) ** 2))
        return (1 + 0.08 * math.sin(2 * math.pi * of_year / _YEAR)) * (1 - self.depth * harvest)

    def _cheapness(self, day: int) -> float:
        """A cheap year comes over some months and stays."""
        if self.story != "cheap":
            return 1.0
        return 1 - 0.35 * min(1.0, max(0.0, (day - JUDGED.start) / 120))

    def _is_full(self, day: int) -> bool:
        is_of_event = any(day in days for days, _, _ in self.events)
        of_year = dt.date.fromordinal(day).timetuple().tm_yday
        at_harvest = abs(of_year - self.autumn) < self.width
        return (is_of_event and self.story != "selling") or (self.story in {"harvest", "cheap"} and at_harvest)

    def _supply(self, day: int) -> Supply:
        sold = self.chance.randint(8_000, 20_000)
        weeks = self.chance.uniform(3.0, 6.5) if self._is_full(day) else self.chance.uniform(1.0, 3.0)
        there = round(sold * weeks)
        due = round(there * self.chance.uniform(0.2, 0.5))
        covered = 0
        if self.story == "selling" and any(day in days for days, _, _ in self.events) and self.usual % 2:
            there, due, covered = there * 3, due * 3, there * 2 + due * 2
        return Supply(day, there - due, due, sold, covered)


Warner = Callable[[Planted], Sequence[int]]
"""On which days a warning opens for a series."""


def by_the_rule(parameters: SlowSaleParameters) -> Warner:
    """What the judgement opens, each day on what was known then."""

    def opened(series: Planted) -> list[int]:
        found: Replayed = replay(series.past, JUDGED.start, JUDGED.stop - 1, parameters)
        return [warned.opened for warned in found.warnings]

    return opened


def by_the_mean(series: Planted) -> list[int]:
    """What the naive rule opens: a price 25 % under the mean of the thirty days before; over once it is not."""
    opened: list[int] = []
    low = False
    for day in JUDGED:
        before = [series.prices[each] for each in range(day - 30, day) if each in series.prices]
        if day not in series.prices or not before:
            continue
        is_low = series.prices[day] * len(before) * 4 <= 3 * sum(before)
        if is_low and not low:
            opened.append(day)
        low = is_low
    return opened


def measured(series: Sequence[Planted], warner: Warner) -> tuple[float, float]:
    """Precision and recall: a warning is right if it opens in a planted glut or in the week after."""
    right = wrong = found = 0
    for one in series:
        opened = warner(one)
        near = [range(days.start, days.stop + _WEEK) for days in one.gluts]
        right += sum(any(day in days for days in near) for day in opened)
        wrong += sum(not any(day in days for days in near) for day in opened)
        found += sum(any(day in days for day in opened) for days in near)
    all_gluts = sum(len(one.gluts) for one in series)
    return right / max(1, right + wrong), found / max(1, all_gluts)
