"""Going through days that are over, one by one. Pure.

A report of what happened live is known from the day it came in; history that was entered later stands for what would
have come in at its own time, and is known from its own day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import NamedTuple

from services.consumption.slow_sales.rules.judge import Finding, Held, Series, judge
from services.consumption.slow_sales.rules.parameters import SlowSaleParameters
from services.consumption.slow_sales.rules.prices import PriceHistory
from services.consumption.slow_sales.rules.supplies import Ordered, Supply
from shared.codes.slow_sales import SlowSaleLevel, SlowSaleSignal


class PriceKnown(NamedTuple):
    """A price of a day, from when on it was known, and from when on another one was known in its place."""

    day: int
    price: int
    known: int
    replaced: int | None = None


class SupplyKnown(NamedTuple):
    """The same of a supply."""

    supply: Supply
    known: int
    replaced: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """All that came in of one series, whenever."""

    prices: Sequence[PriceKnown]
    supplies: Sequence[SupplyKnown] = ()
    orders: Sequence[Ordered] = ()
    shelf_life: int | None = None


class Warned(NamedTuple):
    """A warning that would have been given."""

    opened: int
    closed: int | None
    """None where it stood on the last day."""


@dataclass(slots=True)
class Replayed:
    """What the judgement would have said."""

    warnings: list[Warned] = field(default_factory=list)
    insufficient_days: int = 0
    """On how many days there was a price, and too little history to judge it by."""


def replay(past: Past, first: int, last: int, parameters: SlowSaleParameters) -> Replayed:
    """Judge every day from the first to the last, as a night of that day would have."""
    told, replayed, held = _Telling(past, parameters), Replayed(), Held()
    opened: int | None = None
    for day in range(first, last + 1):
        finding = judge(told.series_on(day), day, held, parameters, told.taken_back[day])
        replayed.insufficient_days += finding.is_insufficient
        if opened is None and finding.level is SlowSaleLevel.WARNING:
            opened = day
        elif opened is not None and not finding.signals:
            replayed.warnings.append(Warned(opened, day))
            opened = None
        held = _held(held, finding)
    if opened is not None:
        replayed.warnings.append(Warned(opened, None))
    return replayed


def _held(before: Held, finding: Finding) -> Held:
    closed = finding.day if before.signals and not finding.signals else before.closed
    return Held(finding.signals, closed)


class _Telling:
    """What was known, day by day."""

    def __init__(self, past: Past, parameters: SlowSaleParameters) -> None:
        self._supplies = past.supplies
        self._series = Series(PriceHistory(parameters), (), past.orders, past.shelf_life)
        self._coming = sorted(_moves(past.prices), reverse=True)
        self._changes = {day for one in past.supplies for day in (one.known, one.replaced) if day is not None}
        self._day: int | None = None
        self.taken_back = _taken_back(past, parameters.horizon)
        """By day the signals of which a report of late was corrected or withdrawn."""

    def series_on(self, day: int) -> Series:
        """The series as it was known in the night of a day."""
        for _, is_replaced, of_day, price in list(takewhile(lambda move: move[0] <= day, reversed(self._coming))):
            change = self._series.prices.take_back if is_replaced else self._series.prices.add
            change(of_day, price)
            self._coming.pop()
        if self._day is None or day in self._changes:
            self._series.supplies = _standing(self._supplies, day)
        self._day = day
        return self._series


def _taken_back(past: Past, horizon: int) -> Mapping[int, Collection[SlowSaleSignal]]:
    found: defaultdict[int, set[SlowSaleSignal]] = defaultdict(set)
    of_prices = ((SlowSaleSignal.PRICE, one.day, one.known, one.replaced) for one in past.prices)
    of_supplies = ((SlowSaleSignal.UNSOLD, one.supply.day, one.known, one.replaced) for one in past.supplies)
    for signal, day, known, replaced in chain(of_prices, of_supplies):
        if replaced is not None and known < replaced <= day + horizon:
            found[replaced].add(signal)
    return found


def _moves(prices: Iterable[PriceKnown]) -> Iterable[tuple[int, bool, int, int]]:
    """What is learnt and taken back, by the day; on one day all is learnt before anything is taken back."""
    for one in prices:
        yield one.known, False, one.day, one.price
        if one.replaced is not None:
            yield one.replaced, True, one.day, one.price


def _standing(supplies: Iterable[SupplyKnown], day: int) -> list[Supply]:
    standing = [one for one in supplies if one.known <= day and (one.replaced is None or one.replaced > day)]
    return sorted((one.supply for one in standing), key=lambda supply: supply.day)
