"""The rules of the market: quotas, terms of links, seasons, periods, and the parameters they stand on."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.consumption.producers.rules import Term, most_at_once
from services.consumption.products.rules import is_day_of_year
from services.consumption.quotas.rules import Bought, reserve_of
from services.consumption.recognitions.procedure import TRANSITIONS
from services.consumption.reports.rules import span_of
from shared.codes.consumption import Canteen, RecognitionAction, RecognitionStatus
from shared.money import format_yuan, parse_yuan
from shared.months import last_day_of_years
from shared.policy.loader import PolicyBook
from shared.shares import format_share, parse_share
from tests.rules.builders import leads_to

FOLDER = Path(__file__).parent / "market"


def cases(name: str) -> list[Any]:
    return [
        pytest.param(case, id=str(number)) for number, case in enumerate(yaml.safe_load((FOLDER / name).read_text()))
    ]


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    return PolicyBook.load()


@pytest.mark.parametrize("case", cases("fulfilment.yaml"))
def test_a_quota_is_fulfilled_as_the_case_says(case: dict[str, Any]) -> None:
    bought = Bought(**{name: parse_yuan(case.get(name, "0.00")) for name in Bought._fields})
    total = case["total"] and parse_yuan(case["total"])
    reserve = reserve_of(Canteen(case["canteen"]), total, parse_share(case["ratio"]))
    reserved = None if reserve is None else format_yuan(reserve.amount)
    part = None if reserve is None else reserve.fulfilment(bought.purchased)
    assert (reserved, None if part is None else format_share(part)) == (case["reserved"], case["fulfilment"])


@pytest.mark.parametrize("case", cases("parameters.yaml"))
def test_a_parameter_holds_as_its_document_says(book: PolicyBook, case: dict[str, Any]) -> None:
    found = book.at(case["region"], case["day"]).find(f"consumption.{case['key']}")
    if case["value"] is None:
        assert found is None
        return
    assert found is not None
    assert (Decimal(str(found.value)), found.status.value) == (Decimal(case["value"]), case["status"])
    assert case["reference"] in found.reference


days = st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 12))


@given(st.lists(st.tuples(st.integers(1, 100), days, days), max_size=6))
def test_the_most_at_once_is_the_sum_of_the_worst_day(drawn: list[tuple[int, dt.date | None, dt.date | None]]) -> None:
    terms = [Term(share, first, last) for share, first, last in drawn if first is None or last is None or first <= last]
    looked_at = [dt.date(2025, 12, 1) + dt.timedelta(days=day) for day in range(60)]
    sums = [sum(term.share for term in terms if term.holds_on(day)) for day in looked_at]
    assert most_at_once(terms) == max(sums)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("03-15", True),
        ("02-29", True),
        ("02-30", False),
        ("00-10", False),
        ("3-15", False),
        ("０3-15", False),
        ("", False),
    ],
)
def test_a_day_of_the_year_is_written_out(text: str, is_one: bool) -> None:
    assert is_day_of_year(text) is is_one


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
    ],
)
def test_a_period_has_its_days(period: str, first: str, last: str) -> None:
    assert tuple(map(str, span_of(period))) == (first, last)


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [("2024-05-10", 3, "2027-05-09"), ("2024-02-29", 1, "2025-02-27"), ("2024-01-01", 1, "2024-12-31")],
)
def test_years_end_on_the_day_before_they_begin_again(first: str, years: int, last: str) -> None:
    assert last_day_of_years(dt.date.fromisoformat(first), years) == dt.date.fromisoformat(last)


def test_a_recognition_goes_only_where_its_procedure_leads() -> None:
    states, actions = RecognitionStatus, RecognitionAction
    ways = {
        states.APPLIED: {actions.REVIEW: states.REVIEWED, actions.REFUSE: states.REFUSED},
        states.REVIEWED: {actions.ENDORSE: states.ENDORSED, actions.REFUSE: states.REFUSED},
        states.ENDORSED: {actions.DECIDE: states.DECIDED, actions.REFUSE: states.REFUSED},
        states.DECIDED: {actions.PUBLISH: states.PUBLISHED},
        states.PUBLISHED: {actions.OBJECT: states.ENDORSED, actions.RECOGNISE: states.RECOGNISED},
        states.RECOGNISED: {actions.REVOKE: states.REVOKED},
    }
    for status in states:
        for action in actions:
            assert leads_to(TRANSITIONS, status, action) == ways.get(status, {}).get(action), (status, action)
