"""What the webhooks of the houses tell: a county of a household that leaves it, and a buyer of its own orders alone."""

import httpx

from services.monitoring.app import MONITORING
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, household
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import dongguan, open_supplied, order, place, supply, walk
from tests.mechanism.probe import until
from tests.receiver import Receivers, receiving


async def subscribe(client: httpx.AsyncClient, house: str, url: str) -> None:
    answer = await client.put(f"/{house}/v1/webhooks/mine", json={"url": url})
    assert answer.status_code == 201, answer.text


async def told(receivers: Receivers, name: str) -> list[str]:
    return [message["item"]["type"].split(".")[1] for message in await receivers.got(name)]


async def test_the_county_that_a_household_left_is_told_so_and_nothing_more(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(MONITORING, background=True)
    async with receiving() as receivers:
        regions = {"province": "52", "old": REGION[:6], "new": OTHER_COUNTY_REGION[:6]}
        clients = {name: client_for(house, region=code, client_id=name) for name, code in regions.items()}
        for name, client in clients.items():
            await subscribe(client, "monitoring", receivers.url_of(name))
        path = f"/monitoring/v1/households/{HOUSEHOLD}"
        for changes in ({}, {"region_code": OTHER_COUNTY_REGION}, {"region_code": OTHER_COUNTY_REGION, "dibao": True}):
            answer = await clients["province"].put(path, json=household(**changes))
            assert answer.is_success, answer.text

        async def all_is_told() -> bool:
            return [len(await told(receivers, name)) for name in regions] == [4, 2, 2]

        await until(all_is_told)
        assert await told(receivers, "old") == ["household-registered", "household-moved-away"]
        assert await told(receivers, "new") == ["household-changed", "household-changed"]


async def test_a_buyer_is_told_of_its_own_orders_and_of_nothing_else(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_supplied(open_house)
    house.start(background=True)
    officer = client_for(house)
    await supply(officer)
    async with receiving() as receivers:
        mine = dongguan(client_for, house)
        rival = dongguan(client_for, house, client_id="rival", buyers=("GZ-1",))
        for name, client in {"mine": mine, "rival": rival, "officer": officer}.items():
            await subscribe(client, "consumption", receivers.url_of(name))
        placed = await place(mine, order(("TEA", "1.000")))
        await walk(officer, placed["order_id"], "accept")

        async def officer_is_told() -> bool:
            return "order-confirmed" in await told(receivers, "officer")

        await until(officer_is_told)
        await until(lambda: _has(receivers, "mine"))
        assert await told(receivers, "mine") == ["order-placed", "order-confirmed"]
        assert await told(receivers, "rival") == []


async def _has(receivers: Receivers, name: str) -> bool:
    return "order-confirmed" in await told(receivers, name)
