"""Household income over HTTP, to the fen: window, net income and self-paid expense as the field computes them."""

import datetime as dt
from typing import Any

import pytest

from shared.months import format_month, parse_month
from shared.policy.loader import PolicyBook
from tests.builders import HOUSEHOLD, expense_fact, household, income_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    WINDOW,
    Monitoring,
    correction,
    issued_id,
    open_monitoring,
    wages,
)
from tests.problems import problem

PLAN = "铜仁市“十四五”巩固拓展脱贫攻坚成果同乡村振兴有效衔接规划"
INCOME = f"households/{HOUSEHOLD}/income"


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


def operating(month: str, receipts: str, cost: str) -> dict[str, Any]:
    """Receipts of the household's own production with their cost."""
    document = income_fact(month, receipts, "operating")
    return document | {"payload": document["payload"] | {"operating_cost": cost}}


def year(first: str, last: str) -> list[str]:
    return [format_month(month) for month in range(parse_month(first), parse_month(last) + 1)]


async def test_the_whole_statement_of_a_household_identified_in_june_2021(monitoring: Monitoring) -> None:
    """17,403.60 of wages + 9,800.55 of sales − 4,321.05 of cost + 365.00 + 1,234.56 = 24,482.66 for four."""
    inside = [
        *wages(year("2020-06", "2021-05"), "1450.30"),
        operating("2020-10", "6300.55", "4000.00"),
        operating("2021-04", "3500.00", "321.05"),
        income_fact("2020-12", "365.00", "property"),
        income_fact("2021-01", "1234.56", "transfer"),
        expense_fact("2021-02", "5000.00", "1500.50", "medical"),
        expense_fact("2021-03", "1000.00", "999.99", "education"),
        expense_fact("2021-05", "700.00", "0.00", "other"),
    ]
    around = [
        income_fact("2020-05", "30000.00"),
        income_fact("2021-06", "30000.00"),
        expense_fact("2020-05", "90000.00", "90000.00"),
        expense_fact("2021-06", "90000.00", "90000.00", "disaster"),
    ]
    await monitoring.record(*inside, *around)

    for day in ("2021-06-01", "2021-06-30"):
        assert await monitoring.get(INCOME, as_of=day) == {
            "window": {"from": "2020-06", "to": "2021-05"},
            "members": 4,
            "branches": {"wage": "17403.60", "operating": "9800.55", "property": "365.00", "transfer": "1234.56"},
            "operating_cost": "4321.05",
            "net_income": "24482.66",
            "per_head": "6120.67",
            "compliant_self_paid": "2500.49",
            "civil": {"per_head": "5495.54", "deducted": "2500.49"},
            "coverage": {"known": 12, "missing": []},
            "line": {
                "value": "6320.00",
                "reference": f"{PLAN} 第五章第二节, line of the whole province for 2021",
                "status": "in_force",
            },
            "pack": "520600_tongren@2026.11+development",
        }
    found = await monitoring.verdicts(as_of="2021-06-15")
    assert (found["below_line"]["outcome"], found["rigid_expense"]["outcome"]) == ("fires", "clear")
    assert found["below_line"]["reasons"][0]["inputs"]["shortfall"] == "797.34"


async def test_the_line_of_tongren_by_day_of_decision(open_house: OpenHouse, client_for: ClientFor) -> None:
    published = await open_monitoring(
        open_house, client_for, today=dt.date(2024, 6, 1), policy=PolicyBook.load(development=False)
    )
    await published.put()

    async def line(day: str) -> tuple[str, str]:
        found = (await published.get(INCOME, as_of=day))["line"]
        return found["value"], found["status"]

    for day in ("2021-01-01", "2021-12-31"):
        assert await line(day) == ("6320.00", "in_force")
    for day in ("2023-01-01", "2023-12-31"):
        assert await line(day) == ("7300.00", "in_force")
    for day in ("2020-12-31", "2022-01-01", "2022-12-31", "2024-01-01", "2024-06-01"):
        answer = await published.client.get(f"/monitoring/v1/{INCOME}", params={"as_of": day})
        assert problem(answer) == (409, "policy-value-missing", [])
        assert "monitoring.income_line" in answer.json()["keys"]


async def test_the_line_goes_on_as_assumed_where_that_is_allowed(monitoring: Monitoring) -> None:
    found = {
        day: (await monitoring.get(INCOME, as_of=day))["line"] for day in ("2023-05-01", "2024-05-01", "2026-11-16")
    }
    assert {day: (line["value"], line["status"]) for day, line in found.items()} == {
        "2023-05-01": ("7300.00", "in_force"),
        "2024-05-01": ("7520.00", "assumed"),
        "2026-11-16": ("7990.00", "assumed"),
    }
    assert "not published" in found["2026-11-16"]["reference"]
    assert (await monitoring.get(INCOME))["line"] == found["2026-11-16"]


async def test_months_nobody_spoke_of_are_missing_and_a_recorded_zero_is_not(monitoring: Monitoring) -> None:
    empty = await monitoring.get(INCOME)
    assert (empty["net_income"], empty["coverage"]) == ("0.00", {"known": 0, "missing": list(WINDOW)})

    await monitoring.record(*wages(WINDOW[:5], "0.00"), expense_fact(WINDOW[6], "10.00", "10.00"))
    found = await monitoring.get(INCOME)
    assert found["coverage"] == {"known": 5, "missing": list(WINDOW[5:])}
    assert (found["compliant_self_paid"], found["per_head"]) == ("10.00", "0.00")

    only_word = income_fact(WINDOW[7], "0.00", "transfer")
    await monitoring.record(only_word)
    assert WINDOW[7] not in (await monitoring.get(INCOME))["coverage"]["missing"]
    await monitoring.record(correction(only_word, "c1", month="2026-11"))
    assert WINDOW[7] in (await monitoring.get(INCOME))["coverage"]["missing"]


async def test_a_loss_of_the_own_production_is_a_negative_income(monitoring: Monitoring) -> None:
    await monitoring.record(operating("2026-10", "100.00", "400.02"))
    found = await monitoring.get(INCOME)
    assert (found["net_income"], found["per_head"], found["operating_cost"]) == ("-300.02", "-75.01", "400.02")


async def test_income_per_head_is_rounded_half_up_to_the_fen(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(number, id_number=None) for number in range(1, 9)]))
    await monitoring.record(income_fact("2026-10", "100.04"))
    assert (await monitoring.get(INCOME))["per_head"] == "12.51"


async def test_the_largest_amounts_are_added_without_loss(monitoring: Monitoring) -> None:
    largest = "999999999999.99"
    branches = ("wage", "operating", "property", "transfer")
    sure = {"confirmed": "the largest amount that can be told"}
    await monitoring.record(*(income_fact("2026-10", largest, branch, **sure) for branch in branches))
    found = await monitoring.get(INCOME)
    assert set(found["branches"].values()) == {largest}
    assert (found["net_income"], found["per_head"]) == ("3999999999999.96", largest)


async def test_income_names_nobody(monitoring: Monitoring) -> None:
    number = issued_id(dt.date(1980, 5, 1))
    await monitoring.put(household([member(1, name="王建国", id_number=number)]))
    assert not [word for word in ("王", number) if word in str(await monitoring.get(INCOME))]
