"""Which report is owed by when, by the packs of the five places."""

import datetime as dt
from collections import Counter
from functools import partial

import pytest

from services.monitoring.report_submissions.rules import TERMS
from shared.findings import WrongValue
from shared.policy.loader import PolicyBook
from shared.reporting.rhythms import Owed, Period, Rhythm, owed_in

WEEKLY, MONTHLY, QUARTERLY, ANNUAL, AD_HOC = Rhythm
MONTHS = [(MONTHLY, f"2023-{month:02}", dt.date(2023, month, 25)) for month in range(1, 13)]


def owed(book: PolicyBook, region: str, year: int) -> list[Owed]:
    return sorted(owed_in(year, partial(book.in_form, TERMS, region)), key=lambda one: one.due_on)


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    return PolicyBook.load()


def test_mouding_reports_on_the_25th_and_before_three_days_of_the_year(book: PolicyBook) -> None:
    found = {(one.rhythm, one.period, one.due_on) for one in owed(book, "532323", 2023)}
    quarters = {
        ("2023-Q2", dt.date(2023, 6, 30)),
        ("2023-Q3", dt.date(2023, 9, 30)),
        ("2023-Q4", dt.date(2023, 12, 30)),
    }
    assert found == {*MONTHS, *((QUARTERLY, *quarter) for quarter in quarters)}


@pytest.mark.parametrize(
    ("region", "year", "expected"),
    [
        ("520626001", 2024, {MONTHLY: 12, ANNUAL: 1}),
        ("520626", 2026, {MONTHLY: 12, ANNUAL: 1}),
        ("610824", 2022, {WEEKLY: 52, MONTHLY: 12}),
        ("610824", 2026, {WEEKLY: 52, MONTHLY: 12}),
        ("1301", 2024, {MONTHLY: 12, QUARTERLY: 3}),
        ("532302110", 2023, {MONTHLY: 12, QUARTERLY: 3}),
        ("532323", 2024, {MONTHLY: 12, QUARTERLY: 3}),
        ("520626", 2020, {}),
    ],
)
def test_each_place_owes_what_its_document_or_the_assumption_says(
    book: PolicyBook, region: str, year: int, expected: dict[Rhythm, int]
) -> None:
    assert Counter(one.rhythm for one in owed(book, region, year)) == expected


def test_the_week_is_that_of_its_monday(book: PolicyBook) -> None:
    weeks = [one for one in owed(book, "610824", 2026) if one.rhythm is WEEKLY]
    assert weeks[0] == (dt.date(2026, 1, 2), WEEKLY, "2026-W01")
    assert weeks[-1] == (dt.date(2026, 12, 25), WEEKLY, "2026-W52")
    assert all(one.due_on.isoweekday() == 5 for one in weeks)


@pytest.mark.parametrize(
    ("rhythm", "text", "first", "last"),
    [
        (WEEKLY, "2026-W53", (2026, 12, 28), (2027, 1, 3)),
        (MONTHLY, "2024-02", (2024, 2, 1), (2024, 2, 29)),
        (QUARTERLY, "2026-Q4", (2026, 10, 1), (2026, 12, 31)),
        (ANNUAL, "2026", (2026, 1, 1), (2026, 12, 31)),
        (AD_HOC, "2026-11-10", (2026, 11, 1), (2026, 11, 10)),
    ],
)
def test_a_period_is_its_days(
    rhythm: Rhythm, text: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    assert Period.read(rhythm, text) == (text, dt.date(*first), dt.date(*last))
    assert Period.of_day(rhythm, dt.date(*last)).text == text


@pytest.mark.parametrize(
    ("rhythm", "text"),
    [
        (WEEKLY, "2025-W53"),
        (WEEKLY, "2026-10"),
        (MONTHLY, "2026-13"),
        (MONTHLY, "２０２６-10"),
        (QUARTERLY, "2026-Q5"),
        (ANNUAL, "26"),
        (AD_HOC, "2026-02-29"),
    ],
)
def test_what_is_no_period_of_a_report_is_refused(rhythm: Rhythm, text: str) -> None:
    with pytest.raises(WrongValue):
        Period.read(rhythm, text)
