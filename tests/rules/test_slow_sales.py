"""The rules of slow sale: worked cases, and what holds of all prices, supplies and orders."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.consumption.products.rules import parse_quantity
from services.consumption.slow_sale_backtests.rules import Past, PriceKnown, SupplyKnown, Warned, replay
from services.consumption.slow_sales.rules.judge import Held, Series, Standing, follow, judge
from services.consumption.slow_sales.rules.parameters import RESPONSE_LEVELS, SLOW_SALE, SlowSaleParameters
from services.consumption.slow_sales.rules.prices import PriceHistory, years_before
from services.consumption.slow_sales.rules.response import response_to, responses_of
from services.consumption.slow_sales.rules.supplies import Ordered, Supply, covered_by, unsold
from shared.codes.slow_sales import SlowSaleSignal
from shared.money import parse_yuan
from shared.policy.loader import PolicyBook
from shared.shares import WHOLE, format_change
from tests.builders import REGION, TODAY

DAY = TODAY.toordinal()
VIEW = PolicyBook.load(development=True).at(REGION, TODAY)
PARAMETERS = SlowSaleParameters.of(VIEW.value(SLOW_SALE))
BOTH = frozenset(SlowSaleSignal)
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "slow_sales.yaml").read_text(encoding="utf-8"))
_BEFORE = 140


def series_of(case: dict[str, Any]) -> Series:
    """The series of a case, its days told from what is usual."""
    usual, autumn = parse_yuan(case.get("usual", "10.00")), parse_yuan(case.get("autumn", "10.00"))
    days: dict[int, int] = {}
    for back in range(1, case.get("years", 2) + 1):
        then = years_before(DAY, back)
        days |= dict.fromkeys(range(then - _BEFORE, then - 12), 1000)
        days |= dict.fromkeys(range(then - 12, then + 8), autumn)
    days |= dict.fromkeys(range(DAY - _BEFORE, DAY + 1), usual)
    said = case["prices"]
    days |= {DAY - len(said) + 1 + number: parse_yuan(price) for number, price in enumerate(said)}
    supply = {name: parse_quantity(said) for name, said in case.get("supply", {}).items()}
    supplies = [Supply(DAY, covered=supply.pop("covered", None), **supply)] if supply else []
    return Series(PriceHistory(PARAMETERS, days), supplies, shelf_life=20)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_rules_answer_as_the_case_says(case: dict[str, Any]) -> None:
    held = Held(frozenset(map(SlowSaleSignal, case.get("held", ()))), DAY - case["closed"] if "closed" in case else 0)
    found = judge(series_of(case), DAY, held, PARAMETERS)
    supply = found.supply
    answer: dict[str, Any] = {
        "level": None if found.level is None else str(found.level),
        **{str(signal): standing.name.lower() for signal, standing in found.standings.items()},
    }
    if found.price is not None and found.price.drop is not None:
        answer["drop"] = format_change(found.price.drop)
    if supply is not None:
        answer["unsold_share"] = format_change(supply.share)
        answer["sold_out"] = None if supply.sold_out is None else supply.sold_out - DAY
        answer["spoils"] = None if supply.spoils is None else supply.spoils - DAY
    assert {name: answer.get(name) for name in case["expected"]} == case["expected"]


quantities = st.integers(0, 10**12 - 1) | st.integers(0, 100)


@given(quantities, quantities, quantities, quantities, st.none() | st.integers(1, 400))
def test_what_does_not_sell_is_a_part_of_what_is_there(
    stock: int, due: int, sold: int, covered: int, shelf_life: int | None
) -> None:
    found = unsold(Supply(DAY, stock, due, sold, covered), covered, PARAMETERS.horizon, shelf_life)
    assert 0 <= found.quantity <= stock + due
    assert 0 <= found.share <= WHOLE
    more = unsold(Supply(DAY, stock, due, sold, covered), covered + 1, PARAMETERS.horizon, shelf_life)
    assert more.quantity <= found.quantity
    assert found.spoils is None or shelf_life is not None


days = st.integers(DAY - 40, DAY)
orders = st.builds(Ordered, st.integers(1, 1000), days, st.none() | days, st.none() | days)


@given(st.lists(orders, max_size=6), days)
def test_an_order_covers_at_most_what_it_asks_for(placed: list[Ordered], day: int) -> None:
    assert 0 <= covered_by(placed, day, DAY) <= sum(order.quantity for order in placed)
    assert covered_by([order._replace(cancelled=DAY) for order in placed], day, DAY) == 0


@given(st.sets(st.sampled_from(SlowSaleSignal)), st.lists(st.sampled_from(Standing), min_size=2, max_size=2))
def test_a_warning_never_becomes_a_notice(held: set[SlowSaleSignal], standings: list[Standing]) -> None:
    said = dict(zip(SlowSaleSignal, standings, strict=True))
    after = follow(frozenset(held), said)
    assert after == follow(after, said) or Standing.CALM in standings
    if held == BOTH:
        assert after in {BOTH, frozenset()}
    if not held:
        assert after == {signal for signal, standing in said.items() if standing is Standing.FIRES}


prices = st.dictionaries(st.integers(DAY - 1200, DAY), st.integers(1, 10_000), max_size=60)


@given(prices, st.integers(2, 9))
def test_prices_in_another_coin_are_judged_alike(said: dict[int, int], factor: int) -> None:
    """Expectations are ratios: what is so many times dearer on every day falls by the same share, but for rounding."""
    one, other = (
        PriceHistory(PARAMETERS, {day: price * by * 100 for day, price in said.items()}) for by in (1, factor)
    )
    for seen, dearer in zip(one.newest(DAY), other.newest(DAY), strict=True):
        assert (seen.day, seen.years) == (dearer.day, dearer.years)
        assert (seen.expected is None) == (dearer.expected is None)
        if seen.expected is not None and dearer.expected is not None:
            assert abs(seen.expected * factor - dearer.expected) <= factor


@given(prices)
def test_no_day_is_judged_by_what_came_later(said: dict[int, int]) -> None:
    """What is expected of a day is the same whether later prices are known or not."""
    middle = DAY - 10
    known = PriceHistory(PARAMETERS, said)
    then = PriceHistory(PARAMETERS, {day: price for day, price in said.items() if day <= middle})
    assert list(known.newest(middle)) == list(then.newest(middle))


@given(prices)
def test_a_history_that_grows_day_by_day_is_that_which_is_known_at_once(said: dict[int, int]) -> None:
    grown = PriceHistory(PARAMETERS)
    for day in sorted(said):
        grown.add(day, said[day])
        list(grown.newest(day))
    assert list(grown.newest(DAY)) == list(PriceHistory(PARAMETERS, said).newest(DAY))


def test_a_backtest_forgets_what_was_corrected_from_the_day_of_the_correction_on() -> None:
    usual = [PriceKnown(day, 1000, day) for back in range(3) for day in year_of(back)]
    wrong = [PriceKnown(day, 500, day, DAY) for day in range(DAY - 4, DAY + 1)]
    full = [SupplyKnown(Supply(DAY - 4, 1000, 0, 0, 0), DAY - 4)]
    assert replay(Past([*usual, *wrong], full), DAY - 4, DAY, PARAMETERS).warnings == []
    uncorrected = [one._replace(replaced=None) for one in wrong]
    assert replay(Past([*usual, *uncorrected], full), DAY - 4, DAY, PARAMETERS).warnings == [Warned(DAY, None)]


def year_of(back: int) -> range:
    """The days of a year that an expectation reads, up to those that were wrong."""
    then = years_before(DAY, back)
    return range(then - _BEFORE, then - 4 if back == 0 else then + 8)


def test_the_day_before_the_first_of_march_of_a_leap_year_is_the_last_of_february() -> None:
    leap = dt.date(2028, 2, 29).toordinal()
    assert dt.date.fromordinal(years_before(leap, 1)) == dt.date(2027, 2, 28)


@pytest.mark.parametrize(
    ("households", "level"), [(0, "iv"), (29, "iv"), (30, "iii"), (299, "iii"), (300, "ii"), (3000, "i")]
)
def test_more_households_ask_for_a_wider_response(households: int, level: str) -> None:
    assert str(response_to(households, responses_of(VIEW.value(RESPONSE_LEVELS))).level) == level
