"""The risks of a household in the order of its form, with the codes of official lists."""

from typing import Any

import pytest

from shared.codes.monitoring import RiskKind
from tests.builders import HOUSEHOLD, fact, household
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.mechanism.probe import ON_SQLITE

pytestmark = ON_SQLITE
FACTS: tuple[dict[str, Any], ...] = (
    fact("disaster", "flood", {"sub_kind": "flood", "loss": "100.00", "house_damaged": False}),
    fact("production", "pigs", {"kind": "livestock", "outcome": "failed", "loss": "100.00"}),
    fact("dwelling", "house", {"grade": "D", "only_home": True, "checked_by": "住建站"}),
    fact("water", "water", {"quality": "bad"}),
    fact("schooling", "school", {"event": "dropped_out", "stage": "junior"}, member_no=3),
    fact("insurance", "none", {"scheme": "basic_medical", "year": 2026, "status": "uninsured"}, member_no=1),
)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    opened = await open_monitoring(open_house, client_for)
    born_2012 = [
        *household()["members"][:2],
        household()["members"][2] | {"birth_date": "2012-09-01"},
        household()["members"][3],
    ]
    await opened.put(household(born_2012, category="lifted"))
    return opened


async def test_red_comes_first_then_the_order_of_the_policy_and_five_are_listed(monitoring: Monitoring) -> None:
    assert await monitoring.get(f"households/{HOUSEHOLD}/risks") == {"main": None, "ordered": [], "beyond": []}
    await monitoring.record(*FACTS)
    shown = await monitoring.get(f"households/{HOUSEHOLD}/risks")
    assert [(one["kind"], one["grade"], one["official_code"]) for one in shown["ordered"]] == [
        ("dropout", "red", "09"),
        ("unsafe_housing", "red", None),
        ("disaster", "orange", "0201"),
        ("production_failure", "orange", "06"),
        ("unsafe_water", "orange", None),
    ]
    assert (shown["main"], shown["beyond"]) == ("dropout", ["uninsured"])
    risks = {one["kind"]: one["risk_id"] for one in await monitoring.risks()}
    assert all(risks[one["kind"]] == one["risk_id"] for one in shown["ordered"])
    assert len(await monitoring.events("risk-raised.v1")) == len(FACTS)


async def test_of_several_disasters_the_first_code_stands_for_the_risk(monitoring: Monitoring) -> None:
    drought = fact("disaster", "drought", {"sub_kind": "drought", "loss": "1.00", "house_damaged": True})
    earthquake = fact("disaster", "quake", {"sub_kind": "earthquake", "loss": "1.00", "house_damaged": False})
    await monitoring.record(earthquake, drought)
    [listed] = (await monitoring.get(f"households/{HOUSEHOLD}/risks"))["ordered"]
    assert (listed["official_code"], listed["grade"]) == ("0203", "red")
    assert (await monitoring.the_risk(RiskKind.DISASTER))["episode"] == 1


async def test_a_household_of_another_region_is_not_found(monitoring: Monitoring, client_for: ClientFor) -> None:
    elsewhere = client_for(monitoring.house, region="520625")
    assert (await elsewhere.get(f"/monitoring/v1/households/{HOUSEHOLD}/risks")).status_code == 404
