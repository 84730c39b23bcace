from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.ledger.rules.income import (
    IncomeMonth,
    WindowSummary,
    format_span,
    state_income,
    summarise,
    window_months,
)
from shared.codes.monitoring import IncomeBranch
from shared.money import format_yuan, parse_yuan
from shared.months import format_month, parse_month
from tests.rules.builders import FIRST, LAST, income


@pytest.mark.parametrize(
    ("as_of", "span"),
    [
        (date(2021, 6, 1), "2020-06..2021-05"),
        (date(2021, 6, 30), "2020-06..2021-05"),
        (date(2026, 11, 1), "2025-11..2026-10"),
        (date(2026, 10, 31), "2025-10..2026-09"),
        (date(2026, 1, 15), "2025-01..2025-12"),
        (date(2024, 2, 29), "2023-02..2024-01"),
    ],
)
def test_the_window_is_the_twelve_whole_months_before_the_month_of_the_decision(as_of: date, span: str) -> None:
    assert format_span(*window_months(as_of, 12)) == span


def test_net_income_takes_operating_cost_off_and_leaves_self_paid_expense_alone() -> None:
    months = {
        LAST - 1: IncomeMonth(
            wage=parse_yuan("18400.50"),
            operating=parse_yuan("9600.00"),
            operating_cost=parse_yuan("4100.25"),
            income_facts=3,
        ),
        LAST: IncomeMonth(
            property_=parse_yuan("812.40"),
            transfer=parse_yuan("2460.02"),
            self_paid_compliant=parse_yuan("5300.00"),
            income_facts=2,
        ),
    }
    statement = state_income(months, FIRST, LAST, 4)
    assert {branch: format_yuan(fen) for branch, fen in statement.branches.items()} == {
        IncomeBranch.WAGE: "18400.50",
        IncomeBranch.OPERATING: "9600.00",
        IncomeBranch.PROPERTY: "812.40",
        IncomeBranch.TRANSFER: "2460.02",
    }
    assert format_yuan(statement.operating_cost) == "4100.25"
    assert format_yuan(statement.net) == "27172.67"
    assert statement.per_head is not None
    assert format_yuan(statement.per_head) == "6793.17"
    assert format_yuan(statement.compliant_self_paid) == "5300.00"
    assert statement.known == 2
    assert [format_month(month) for month in statement.missing][:2] == ["2025-11", "2025-12"]
    assert len(statement.missing) == 10


@pytest.mark.parametrize(
    ("net", "members", "per_head"),
    [("100.00", 3, "33.33"), ("200.00", 3, "66.67"), ("0.01", 2, "0.01"), ("25280.00", 4, "6320.00")],
)
def test_income_per_head_rounds_half_a_fen_up(net: str, members: int, per_head: str) -> None:
    statement = state_income({LAST: IncomeMonth(wage=parse_yuan(net), income_facts=1)}, FIRST, LAST, members)
    assert statement.per_head is not None
    assert format_yuan(statement.per_head) == per_head


def test_a_household_without_members_has_an_income_but_none_per_head() -> None:
    statement = state_income(income("1200.00"), FIRST, LAST, 0)
    assert (statement.net, statement.per_head) == (120000, None)


def test_a_month_with_a_recorded_zero_is_known_and_one_with_only_an_expense_is_not() -> None:
    months = {
        LAST - 1: IncomeMonth(income_facts=1),
        LAST: IncomeMonth(self_paid_compliant=parse_yuan("800.00")),
    }
    summary = summarise(months, LAST)
    assert summary.known == 1
    assert LAST - 1 not in summary.missing()
    assert LAST in summary.missing()
    assert format_yuan(summary.self_paid) == "800.00"
    assert state_income(months, FIRST, LAST, 2).known == 1


def test_the_comparisons_name_exactly_the_months_they_miss() -> None:
    summary = summarise(income("12000.00", unknown=("2025-01", "2025-08", "2026-10", "2026-02")), LAST)
    assert [format_month(month) for month in summary.missing()] == ["2026-02", "2026-10"]
    assert [format_month(month) for month in summary.missing_for_year()] == ["2025-01", "2025-08", "2026-02", "2026-10"]
    assert [format_month(month) for month in summary.missing_for_quarter()] == ["2025-08", "2026-10"]
    assert not summary.year_is_complete()
    assert not summary.quarter_is_complete()


def test_the_quarter_can_be_complete_in_a_year_that_is_not() -> None:
    summary = summarise(income("12000.00", unknown=("2026-07", "2025-07")), LAST)
    assert summary.quarter_is_complete()
    assert not summary.year_is_complete()


@pytest.mark.parametrize("length", [2, 13])
def test_a_window_shorter_than_a_quarter_or_longer_than_a_year_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="3 to 12 months"):
        summarise({}, LAST, length)


def test_a_fact_two_years_old_or_from_the_running_month_changes_no_summary() -> None:
    summary = summarise(income("12000.00"), LAST)
    assert summary.with_income(parse_month("2024-10"), 5000) == summary
    assert summary.with_income(parse_month("2026-11"), 5000) == summary
    assert summary.with_self_paid(parse_month("2025-10"), 5000) == summary


_MONTHS = st.integers(LAST - 30, LAST + 4)
_FEN = st.integers(0, 10**9)
_FACTS = st.lists(st.tuples(_MONTHS, _FEN, _FEN, st.booleans()), max_size=60)


@given(facts=_FACTS, length=st.sampled_from([3, 6, 12]))
def test_adding_facts_one_by_one_gives_the_summary_of_the_whole_ledger(
    facts: list[tuple[int, int, int, bool]], length: int
) -> None:
    months: dict[int, IncomeMonth] = {}
    summary = WindowSummary(anchor=LAST, length=length)
    for month, amount, other, is_income in facts:
        sums = months.get(month, IncomeMonth())
        if is_income:
            months[month] = replace(
                sums,
                operating=sums.operating + amount,
                operating_cost=sums.operating_cost + other,
                income_facts=sums.income_facts + 1,
            )
            summary = summary.with_income(month, amount - other)
        else:
            months[month] = replace(sums, self_paid_compliant=sums.self_paid_compliant + amount)
            summary = summary.with_self_paid(month, amount)
        assert summary == summarise(months, LAST, length)


@given(facts=_FACTS)
def test_the_statement_and_the_summary_agree(facts: list[tuple[int, int, int, bool]]) -> None:
    months: dict[int, IncomeMonth] = {}
    for month, wage, transfer, _ in facts:
        sums = months.get(month, IncomeMonth())
        months[month] = replace(
            sums,
            wage=sums.wage + wage,
            transfer=sums.transfer + transfer,
            self_paid_compliant=sums.self_paid_compliant + wage,
            income_facts=sums.income_facts + 1,
        )
    summary, statement = summarise(months, LAST), state_income(months, FIRST, LAST, 3)
    assert (statement.net, statement.compliant_self_paid) == (summary.net, summary.self_paid)
    assert (statement.known, statement.missing) == (summary.known, summary.missing())
    earlier = state_income(months, FIRST - 12, LAST - 12, 3)
    assert earlier.net == summary.previous_net
    assert state_income(months, LAST - 2, LAST, 3).net == summary.quarter_net
    assert state_income(months, LAST - 14, LAST - 12, 3).net == summary.previous_quarter_net
