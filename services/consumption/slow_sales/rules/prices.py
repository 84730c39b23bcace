"""The expected price 预期价格: what the season and the year lead to expect of a day, and how far the price is below.

Prices are whole fen, days are ordinals, falls are ten-thousandths of the expected price.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from statistics import median_low
from typing import NamedTuple

from services.consumption.slow_sales.rules.parameters import SlowSaleParameters
from shared.money import divide_half_up
from shared.shares import WHOLE


class PriceSeen(NamedTuple):
    """A day with a price, and what was expected of it."""

    day: int
    price: int
    expected: int | None
    """None where too few earlier years are known."""
    years: int
    """How many earlier years the expectation rests on."""

    @property
    def drop(self) -> int | None:
        """How far the price is below what was expected; below zero where it is above."""
        if not self.expected:
            return None
        return divide_half_up((self.expected - self.price) * WHOLE, self.expected)


class PriceHistory:
    """The prices of one series as they are known, day by day; of several reports of a day the middle one counts."""

    def __init__(self, parameters: SlowSaleParameters, days: Mapping[int, int] | None = None) -> None:
        self._parameters = parameters
        self._reports: dict[int, list[int]] = {}
        self._days: dict[int, int] = dict(days or {})
        self._seen: dict[int, PriceSeen] = {}

    def add(self, day: int, price: int) -> None:
        """Learn a price. One of an earlier day than others changes what was expected of those."""
        self._change(day, [*self._reports.get(day, ()), price])

    def take_back(self, day: int, price: int) -> None:
        """Forget a price that was corrected."""
        left = list(self._reports[day])
        left.remove(price)
        self._change(day, left)

    def _change(self, day: int, prices: list[int]) -> None:
        self._reports[day] = prices
        if prices:
            self._days[day] = median_low(prices)
        else:
            del self._days[day]
        if any(known >= day for known in self._seen):
            self._seen.clear()

    def newest(self, day: int) -> Iterator[PriceSeen]:
        """The days with a price up to a day that may decide about it, the latest first."""
        for each in range(day, day - self._parameters.longest_run, -1):
            if each in self._days:
                yield self.seen(each)

    def seen(self, day: int) -> PriceSeen:
        """What was expected of a day that has a price."""
        if day not in self._seen:
            self._seen[day] = self._look(day)
        return self._seen[day]

    def _look(self, day: int) -> PriceSeen:
        parameters, level = self._parameters, self._level(day)
        carried: list[int] = []
        years = 0
        for back in range(1, parameters.years + 1) if level else ():
            then = years_before(day, back)
            around = self.between(then - parameters.window, then + parameters.window)
            before = self._level(then)
            if around and before:
                years += 1
                carried += [divide_half_up(price * level, before) for price in around if level]
        expected = median_low(carried) if years >= parameters.seasons else None
        return PriceSeen(day, self._days[day], expected, years)

    def _level(self, day: int) -> int | None:
        """How dear the months before the window around a day were."""
        last = day - self._parameters.window - 1
        prices = self.between(last - self._parameters.base + 1, last)
        return median_low(prices) if prices else None

    def between(self, first: int, last: int) -> list[int]:
        """The prices of the days from a first to a last, both included."""
        days = self._days
        return [days[day] for day in range(first, last + 1) if day in days]


def years_before(day: int, years: int) -> int:
    """The same day of an earlier year; 29 February is 28 February there."""
    date = dt.date.fromordinal(day)
    try:
        return date.replace(year=date.year - years).toordinal()
    except ValueError:
        return date.replace(year=date.year - years, day=date.day - 1).toordinal()


def spans_read(day: int, parameters: SlowSaleParameters) -> Iterator[tuple[int, int]]:
    """The days that a judgement as of a day reads: of this year and of every earlier one that is looked at."""
    longest = parameters.longest_run + parameters.reach
    yield day - longest, day
    for back in range(1, parameters.years + 1):
        then = years_before(day, back)
        yield then - longest, then + parameters.window


def day_prices(reports: Sequence[tuple[int, int]]) -> dict[int, int]:
    """The price of each day out of reports of day and price."""
    days = dict(reports)
    if len(days) == len(reports):
        return days
    by_day: dict[int, list[int]] = {}
    for day, price in reports:
        by_day.setdefault(day, []).append(price)
    return {day: median_low(prices) for day, prices in by_day.items()}
