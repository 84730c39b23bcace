"""The low-income population 低收入人口: each household in the first class that fits, out of the ledgers."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.monitoring.ledger.rules.income import IncomeMonth, state_income
from services.monitoring.low_income.rules import Hardship, LowIncomeTerms, class_of
from shared.codes.circumstances import ReliefScheme
from shared.money import parse_yuan
from shared.policy.loader import PolicyBook
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, expense_fact, fact, household, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring, wages
from tests.houses.monitoring.monitored import admit
from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={"GET /low-income": "monitoring:read"},
    fields={
        "LowIncomeOut": "household_code region_code class undecided head_name member_count per_head "
        "compliant_self_paid known_months",
        "Civil": "per_head deducted",
    },
    codes={"LowIncomeClass": "dibao tekun dibao_margin rigid_expense monitored other"},
    filters={"/low-income": "region_code class limit cursor format"},
)
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
BOOK = PolicyBook.load()


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_a_household_is_of_the_first_class_that_fits(case: dict[str, Any]) -> None:
    terms = LowIncomeTerms.from_view(BOOK.at(str(case.get("region", 532302110001)), case["day"]))
    sums = {name: parse_yuan(str(amount)) for name, amount in case.get("month", {}).items()}
    months = {number: IncomeMonth(**sums, income_facts=1) for number in range(case.get("months", 12))}
    known = Hardship(
        statement=state_income(months, 0, 11, case.get("members", 1)),
        dibao=case.get("dibao", False),
        reliefs=frozenset(map(ReliefScheme, case.get("reliefs", ()))),
        monitored=case.get("monitored", False),
        at_risk=case.get("at_risk", False),
    )
    found = class_of(known, terms)
    assert (found.found, list(found.undecided)) == (case["expected"], case.get("undecided", []))


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


async def listed(monitoring: Monitoring, **asked: Any) -> dict[str, Any]:
    items = (await monitoring.get("low-income", **asked))["items"]
    return {item["household_code"]: item["class"] for item in items}


async def test_income_is_shown_as_civil_affairs_reckon_it(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(1), member(2)]))
    commute = expense_fact("2026-03", "600.01", kind="work_cost", self_paid="100.00")
    await monitoring.record(*wages(WINDOW, "1000.00"), expense_fact("2026-04", "900.00", self_paid="300.00"), commute)
    shown = await monitoring.get(f"households/{HOUSEHOLD}/income")
    assert (shown["net_income"], shown["compliant_self_paid"]) == ("12000.00", "400.00")
    assert shown["civil"] == {"per_head": "5550.00", "deducted": "900.01"}, "of work what is borne beside that counts"


async def test_each_household_is_listed_once_and_those_in_no_hardship_not_at_all(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    good, poor = wages(WINDOW, "3000.00"), wages(WINDOW, "700.00")

    async def register(code: str, *facts: dict[str, Any], **changes: Any) -> None:
        await monitoring.put(household([member(1)], **changes), code)
        if facts:
            await monitoring.record(
                *({**one, "source_ref": f"{code}-{one['source_ref']}", "household_code": code} for one in facts)
            )

    await register("DJ-1", *good)
    await register("DJ-2", *good, dibao=True)
    await register("DJ-3", *good, fact("relief", "r", {"scheme": "tekun", "status": "granted"}))
    await register("DJ-4", *poor)
    await register("DJ-5", *wages(WINDOW, "9000.00"), expense_fact("2026-04", "80000.00", self_paid="75600.00"))
    await register("DJ-6", *good, fact("dwelling", "d", {"grade": "D", "only_home": True, "checked_by": "住建局"}))
    await register("YJ-7", *poor, region_code=OTHER_COUNTY_REGION)
    await register("DJ-9", *good)
    await admit(monitoring.house, "DJ-9", "2026-10-01")
    expected = {
        "DJ-2": "dibao",
        "DJ-3": "tekun",
        "DJ-4": "dibao_margin",
        "DJ-5": "rigid_expense",
        "DJ-6": "other",
        "DJ-9": "monitored",
    }
    assert await listed(monitoring, region_code="520626") == expected
    for one in set(expected.values()):
        found = await listed(monitoring, region_code="520626", **{"class": one})
        assert found == {code: class_ for code, class_ in expected.items() if class_ == one}
    [first, *_] = (await monitoring.get("low-income", **{"class": "dibao_margin", "region_code": "520626"}))["items"]
    assert (first["per_head"], first["known_months"], first["undecided"]) == ("8400.00", 12, [])
    walked, cursor = [], None
    while True:
        page = await monitoring.get("low-income", limit=1, **({"cursor": cursor} if cursor else {}))
        walked += [item["household_code"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert walked == ["YJ-7", *expected]
    await monitoring.client.post("/monitoring/v1/households/DJ-2/end", json={"on": "2026-11-16", "reason": "other"})
    county = client_for(monitoring.house, region="520626", scopes=("monitoring:read",), client_id="county")
    answer = await county.get("/monitoring/v1/low-income")
    assert [item["household_code"] for item in answer.json()["items"]] == [one for one in expected if one != "DJ-2"]
    assert (await county.get("/monitoring/v1/low-income", params={"region_code": "13"})).status_code == 403
    assert (await county.get("/monitoring/v1/low-income", params={"class": "rich"})).status_code == 422
    file = await monitoring.client.get("/monitoring/v1/low-income", params={"format": "csv"})
    assert len(file.text.strip().splitlines()) == 1 + len(walked) - 1
