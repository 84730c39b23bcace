"""Whether something sells slowly: two signals, each of which holds until it has been calm for long enough."""

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final, NamedTuple

from services.consumption.slow_sales.rules.parameters import SlowSaleParameters
from services.consumption.slow_sales.rules.prices import PriceHistory, PriceSeen
from services.consumption.slow_sales.rules.supplies import Ordered, Supply, Unsold, covered_by, unsold
from shared.codes.slow_sales import SlowSaleLevel, SlowSaleSignal
from shared.money import format_yuan
from shared.shares import format_change, format_share
from shared.words.said import Said, says

_BOTH: Final = frozenset(SlowSaleSignal)
NEVER: Final = 0
"""Before every day."""


class Standing(Enum):
    """What a signal says on a day."""

    FIRES = auto()
    CALM = auto()
    """It is over, if it held."""
    BETWEEN = auto()
    """Neither: what held goes on to hold."""
    UNKNOWN = auto()
    """Nothing recent is known: no alarm, and no end of one."""
    TOO_FEW_YEARS = auto()
    """There is a price, and nothing to compare it with."""


@dataclass(slots=True)
class Series:
    """What is known of a commodity in a county."""

    prices: PriceHistory
    supplies: Sequence[Supply] = ()
    """By day."""
    orders: Sequence[Ordered] = ()
    shelf_life: int | None = None
    """In days, where the register says so."""


class Held(NamedTuple):
    """How the last episode of a series stands."""

    signals: frozenset[SlowSaleSignal] = frozenset()
    """What holds it open; nothing where none is open."""
    closed: int = NEVER
    """The day on which the last one ended: what was before it raises no other."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a series says on a day."""

    day: int
    signals: frozenset[SlowSaleSignal]
    standings: Mapping[SlowSaleSignal, Standing]
    price: PriceSeen | None
    supply: Unsold | None
    parameters: SlowSaleParameters = field(repr=False)

    @property
    def level(self) -> SlowSaleLevel | None:
        """A warning for both signals, a notice for one, nothing for none."""
        if not self.signals:
            return None
        return SlowSaleLevel.WARNING if self.signals == _BOTH else SlowSaleLevel.NOTICE

    @property
    def is_insufficient(self) -> bool:
        """Whether too few earlier years are known."""
        return self.standings[SlowSaleSignal.PRICE] is Standing.TOO_FEW_YEARS

    def reasons(self) -> list[dict[str, Any]]:
        """Why, signal by signal, as it is kept: sentences as data, figures, and the parameters with their source."""
        told = {SlowSaleSignal.PRICE: self._about_price, SlowSaleSignal.UNSOLD: self._about_supply}
        return [
            {
                "rule": str(signal),
                "says": [said.as_document()],
                "inputs": inputs,
                "parameters": [self.parameters.value.as_document()],
            }
            for signal, about in told.items()
            for said, inputs in about()
        ]

    def _about_price(self) -> Sequence[tuple[Said, dict[str, Any]]]:
        price = self.price
        if price is None:
            return ()
        known = price.expected is not None and price.drop is not None
        inputs = {
            "on": _iso(price.day),
            "price": format_yuan(price.price),
            "expected": format_yuan(price.expected) if price.expected is not None else None,
            "drop": format_change(price.drop) if price.drop is not None else None,
            "years": price.years,
            "holds": SlowSaleSignal.PRICE in self.signals,
        }
        said = says("slow-sale-price") if known else says("slow-sale-price-too-few-years")
        return ((said, inputs),)

    def _about_supply(self) -> Sequence[tuple[Said, dict[str, Any]]]:
        supply = self.supply
        if supply is None:
            return ()
        inputs = {
            "on": _iso(supply.day),
            "unsold": format_share(supply.share),
            "horizon": self.parameters.horizon,
            "sold_out_on": None if supply.sold_out is None else _iso(supply.sold_out),
            "spoils_on": None if supply.spoils is None else _iso(supply.spoils),
            "holds": SlowSaleSignal.UNSOLD in self.signals,
        }
        said = says("slow-sale-unsold-spoils") if supply.spoils else says("slow-sale-unsold")
        return ((said, inputs),)


def judge(
    series: Series,
    day: int,
    held: Held,
    parameters: SlowSaleParameters,
    taken_back: Container[SlowSaleSignal] = (),
) -> Finding:
    """Return what a series says as of a day, where the last episode of it stands so.

    Of signals that are ``taken_back`` a report of late was corrected or withdrawn: where nothing is known of one any
    longer, it never was, and nothing holds it.
    """
    prices = _prices(series.prices, day, held, parameters)
    supply = unsold_on(series, day, parameters)
    standings = {
        SlowSaleSignal.PRICE: _price_standing(prices, day, held, parameters),
        SlowSaleSignal.UNSOLD: _unsold_standing(series, supply, day, held, parameters),
    }
    standings |= {each: Standing.CALM for each, stands in standings.items() if _is_groundless(each, stands, taken_back)}
    signals = follow(held.signals, standings)
    return Finding(day, signals, standings, prices[0] if prices else None, supply, parameters)


def _is_groundless(signal: SlowSaleSignal, standing: Standing, taken_back: Container[SlowSaleSignal]) -> bool:
    return standing is Standing.UNKNOWN and signal in taken_back


def follow(held: frozenset[SlowSaleSignal], standings: Mapping[SlowSaleSignal, Standing]) -> frozenset[SlowSaleSignal]:
    """Return which signals hold. A warning is over as a whole once one of its two signals is."""
    holds = {
        signal
        for signal, standing in standings.items()
        if standing is Standing.FIRES or (signal in held and standing is not Standing.CALM)
    }
    return frozenset() if held == _BOTH and holds != _BOTH else frozenset(holds)


def unsold_on(series: Series, day: int, parameters: SlowSaleParameters) -> Unsold | None:
    """What does not sell, by the latest report that still speaks on a day."""
    recent = (one for one in reversed(series.supplies) if day - parameters.horizon <= one.day <= day)
    supply = next(recent, None)
    if supply is None:
        return None
    covered = covered_by(series.orders, supply.day, day) if supply.covered is None else supply.covered
    return unsold(supply, covered, parameters.horizon, series.shelf_life)


def _prices(history: PriceHistory, day: int, held: Held, parameters: SlowSaleParameters) -> Sequence[PriceSeen]:
    """The latest days with a price that decide, the newest first; none where the newest speaks no longer."""
    found: list[PriceSeen] = []
    for seen in history.newest(day):
        if seen.day < day - parameters.horizon and not found:
            break
        found.append(seen)
        enough = len(found) >= parameters.price_days and seen.day <= day - parameters.clear_days
        if enough or _decides(found, held, parameters):
            break
    return found


def _decides(found: Sequence[PriceSeen], held: Held, parameters: SlowSaleParameters) -> bool:
    """Whether no earlier day can change the answer: nothing holds, and this one is not low enough to raise."""
    drop = found[-1].drop
    return SlowSaleSignal.PRICE not in held.signals and (drop is None or drop < parameters.price_drop)


def _price_standing(prices: Sequence[PriceSeen], day: int, held: Held, parameters: SlowSaleParameters) -> Standing:
    if not prices:
        return Standing.UNKNOWN
    if prices[0].drop is None:
        return Standing.TOO_FEW_YEARS
    latest = prices[: parameters.price_days]
    if len(latest) == parameters.price_days and all(
        one.day > held.closed and one.drop is not None and one.drop >= parameters.price_drop for one in latest
    ):
        return Standing.FIRES
    lately = [one for one in prices if one.day > day - parameters.clear_days]
    if lately and all(one.drop is not None and one.drop < parameters.price_clear for one in lately):
        return Standing.CALM
    return Standing.BETWEEN


def _unsold_standing(
    series: Series, now: Unsold | None, day: int, held: Held, parameters: SlowSaleParameters
) -> Standing:
    if now is None:
        return Standing.UNKNOWN
    if now.share >= parameters.unsold and now.day > held.closed:
        return Standing.FIRES
    if SlowSaleSignal.UNSOLD not in held.signals:
        return Standing.BETWEEN
    lately = (unsold_on(series, day - back, parameters) for back in range(parameters.clear_days))
    calm = all(one is not None and one.share < parameters.unsold_clear for one in lately)
    return Standing.CALM if calm else Standing.BETWEEN


def _iso(day: int) -> str:
    return dt.date.fromordinal(day).isoformat()
