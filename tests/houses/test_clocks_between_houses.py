"""Two houses over one bus, one of them a day ahead of the other."""

import datetime as dt

import pytest

from services.assistance.app import ASSISTANCE
from services.monitoring.app import MONITORING
from shared.bus.dead_letters import count_dead_letters
from tests.builders import HOUSEHOLD, household
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import DISBURSEMENTS, cash
from tests.mechanism.probe import until


@pytest.mark.parametrize("ahead", [dt.date(2026, 11, 17), dt.date(2026, 12, 1)], ids=["midnight", "month's end"])
async def test_cash_paid_by_a_house_a_day_ahead_arrives_in_the_ledger(
    open_house: OpenHouse, client_for: ClientFor, ahead: dt.date
) -> None:
    monitoring = await open_house(MONITORING, today=ahead - dt.timedelta(days=1), background=True)
    assistance = await open_house(ASSISTANCE, today=ahead, background=True)
    client = client_for(monitoring, assistance)
    registered = await client.put(f"/monitoring/v1/households/{HOUSEHOLD}", json=household())
    assert registered.status_code == 201, registered.text
    paid = cash(month=f"{ahead:%Y-%m}")

    async def is_paid() -> bool:
        return (await client.post(DISBURSEMENTS, json=paid)).is_success

    async def in_the_ledger() -> list[tuple[str, str]]:
        answer = await client.get("/monitoring/v1/facts", params={"household_code": HOUSEHOLD})
        return [(fact["source"], fact["payload"]["month"]) for fact in answer.json()["items"]]

    await until(is_paid)
    await until(in_the_ledger)
    assert await in_the_ledger() == [("assistance", f"{ahead:%Y-%m}")]
    for house in (monitoring, assistance):
        assert set((await house.database.read(count_dead_letters)).values()) == {0}
