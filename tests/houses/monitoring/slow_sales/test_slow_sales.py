"""What a household lives from does not sell: one risk, however often and from whichever side it is told."""

from typing import Any

import pytest

from shared.codes.monitoring import RiskKind
from shared.contracts.consumption import SlowSaleExposed, SlowSaleExposure, SlowSaleRelieved
from shared.contracts.monitoring import Clue
from shared.ids import derived_id
from shared.policy.loader import PolicyBook
from tests.builders import HOUSEHOLD, REGION, TODAY, audit_rows, deliver, published_as
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring, with_value

SLOW = RiskKind.SLOW_SALE


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


def exposed(alert: str = "TEA", event: type[SlowSaleExposure] = SlowSaleExposed, **changes: Any) -> SlowSaleExposure:
    fields = {"household_code": HOUSEHOLD, "region_code": REGION, "commodity_code": alert, "on": TODAY}
    return event(alert_id=derived_id("alert", alert), **fields | changes)


def relieved(alert: str = "TEA") -> SlowSaleExposure:
    return exposed(alert, SlowSaleRelieved)


async def told(monitoring: Monitoring) -> list[tuple[str, int]]:
    return [
        (event.type.removeprefix("monitoring.risk-").removesuffix(".v1"), event.data.episode)
        for event in await monitoring.events()
        if event.type.startswith("monitoring.risk-")
    ]


async def test_a_household_that_is_exposed_is_at_risk_with_its_reason(monitoring: Monitoring) -> None:
    event = published_as(exposed())
    await deliver(monitoring.house, event)
    risk = await monitoring.the_risk(SLOW)
    assert (risk["grade"], risk["status"], risk["episode"]) == ("orange", "open", 1)
    [reason] = risk["reasons"]
    assert (reason["inputs"]["commodity_code"], reason["inputs"]["exposed_on"]) == ("TEA", TODAY.isoformat())
    [raised] = await monitoring.events("risk-raised.v1")
    assert raised.data.clue == Clue(type="slow_sale")
    assert raised.context.causation_id == str(event.event_id)
    audited = [row for row in await audit_rows(monitoring.house) if row["action"] == "slow-sale.exposed"]
    assert [(row["actor"], row["subject"]) for row in audited] == [("consumption", HOUSEHOLD)]
    await deliver(monitoring.house, event)
    assert await told(monitoring) == [("raised", 1)]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_two_things_that_do_not_sell_are_one_risk_until_both_do(monitoring: Monitoring) -> None:
    await deliver(monitoring.house, exposed("TEA"), exposed("PEAR"))
    await deliver(monitoring.house, relieved("TEA"))
    assert [risk["status"] for risk in await monitoring.risks(kind=SLOW.value)] == ["open"]
    await deliver(monitoring.house, relieved("PEAR"))
    assert (await monitoring.the_risk(SLOW))["status"] == "cleared"
    assert await told(monitoring) == [("raised", 1), ("updated", 1), ("updated", 1), ("cleared", 1)]


async def test_what_comes_together_counts_as_what_comes_apart(monitoring: Monitoring) -> None:
    await deliver(monitoring.house, exposed(), relieved(), exposed())
    assert [(risk["episode"], risk["status"]) for risk in await monitoring.risks(kind=SLOW.value)] == [
        (2, "open"),
        (1, "cleared"),
    ]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_an_end_that_was_never_begun_raises_nothing(monitoring: Monitoring) -> None:
    await deliver(monitoring.house, relieved())
    assert await monitoring.risks() == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_of_a_household_that_ended_nothing_is_judged(monitoring: Monitoring) -> None:
    body = {"on": TODAY.isoformat(), "reason": "merged"}
    answer = await monitoring.client.post(f"/monitoring/v1/households/{HOUSEHOLD}/end", json=body)
    assert answer.status_code in {200, 201}, answer.text
    await deliver(monitoring.house, exposed())
    assert await monitoring.risks(kind=SLOW.value) == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_roll_of_a_night_changes_nothing_of_it(monitoring: Monitoring) -> None:
    await deliver(monitoring.house, exposed())
    await monitoring.roll()
    assert [risk["status"] for risk in await monitoring.risks(kind=SLOW.value)] == ["open"]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_glut_of_many_households_is_one_incident_told_in_turn(
    open_house: OpenHouse, client_for: ClientFor, policy_book: PolicyBook
) -> None:
    """The pack itself says that a slow sale comes to many at once; who is relieved before its turn is never told."""
    pace = with_value(policy_book, "monitoring.release", {"at_once": 2, "per_hour": 2, "window_minutes": 60})
    many = await open_monitoring(open_house, client_for, policy=pace)
    codes = [f"S-{number}" for number in range(1, 6)]
    for code in codes:
        await many.put(code=code)
    await deliver(many.house, *(exposed(household_code=code) for code in codes))
    [incident] = (await many.get("incidents"))["items"]
    assert (incident["kind"], incident["households"], incident["queued"]) == (SLOW.value, 5, 3)
    await deliver(many.house, exposed(event=SlowSaleRelieved, household_code=codes[-1]))
    path = f"/monitoring/v1/incidents/{incident['incident_id']}/transitions"
    assert (await many.client.post(path, json={"action": "release", "limit": 9})).status_code == 200
    raised = [event.data.household_code for event in await many.events("risk-raised.v1")]
    assert sorted(raised) == codes[:-1], "each once"
