"""What is for sale and what is called for is told to clients of every buyer, wherever it is, and nothing beside it."""

import datetime as dt
from typing import Any

import httpx

from services.consumption.app import CONSUMPTION
from shared.bus.retention import Retention
from shared.contracts.catalogue import CATALOGUE
from shared.feed.sight import OPEN_TO_BUYERS
from shared.house import House
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, TODAY, waiting_events
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import (
    API,
    BUY,
    ELSEWHERE,
    NEIGHBOUR,
    READ,
    SUPPLY,
    act,
    dongguan,
    link,
    place,
    producer,
    product,
    put,
    walk,
)
from tests.houses.consumption.slow_sales.builders import alerts, glut, lay_history, open_market, step
from tests.mechanism.probe import ON_SQLITE, until
from tests.receiver import Receivers, receiving

OFFERED, GRANTED, ENDED = "product-changed", "recognition-granted", "recognition-ended"
TO_PUBLICITY = ("review", "endorse", "decide", "publish")
Item = dict[str, Any]


async def items(client: httpx.AsyncClient) -> list[Item]:
    answer = await client.get(f"{API}/changes")
    assert answer.status_code == 200, answer.text
    found: list[Item] = answer.json()["items"]
    return found


def in_short(found: list[Item]) -> list[tuple[str, str]]:
    return [(item["type"].split(".")[1], item["subject"]) for item in found]


async def all_is_told(house: House) -> None:
    async def is_told() -> bool:
        return await waiting_events(house) == []

    await until(is_told)


def test_nothing_that_is_open_names_a_household_or_a_buyer() -> None:
    assert {each.split(".")[1] for each in OPEN_TO_BUYERS} == {OFFERED, GRANTED, ENDED, "purchase-called"}
    for entry in CATALOGUE.values():
        if entry.open_to_buyers:
            told = set(entry.model.model_fields)
            assert entry.data_class == "internal"
            assert not [name for name in told if "household" in name or "buyer" in name or "request" in name], (
                entry.type
            )


async def test_a_product_of_any_county_is_told_to_the_clients_of_every_buyer(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    house.start(background=True)
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    of_elsewhere = producer(link("0.5000", ELSEWHERE), region_code=OTHER_COUNTY_REGION)
    await put(neighbour, "producer", "OTHER", of_elsewhere)
    await put(neighbour, "product", "OIL", product(producer_code="OTHER", name="菜油"))
    bound = await officer.put(f"{API}/buyers/SZ-9", json={"clients": ["canteen"]})
    assert bound.is_success, bound.text
    mine = dongguan(client_for, house)
    order = await place(mine)
    assert (await act(officer, order["order_id"], "accept")).status_code == 200
    await all_is_told(house)
    both = [(OFFERED, "TEA"), (OFFERED, "OIL")]
    of_the_order = [("order-placed", order["order_id"]), ("order-confirmed", order["order_id"])]
    claimed_elsewhere = dongguan(client_for, house, buyers=("NEW-1",), client_id="rival", region="520625")
    assert in_short(await items(mine)) == [*both, *of_the_order]
    assert in_short(await items(claimed_elsewhere)) == both
    assert in_short(await items(client_for(house, scopes=BUY, region="3205", client_id="canteen"))) == both
    assert in_short(await items(officer)) == [both[0], *of_the_order]
    assert in_short(await items(neighbour)) == [both[1]]
    province = client_for(house, scopes=SUPPLY, region="52", client_id="province")
    assert in_short(await items(province)) == [*both, *of_the_order]
    for nobody in (
        client_for(house, scopes=BUY, region="4419", client_id="of-no-buyer"),
        client_for(house, scopes=BUY, region="520626", client_id="of-none", buyers=()),
        client_for(house, scopes=READ, region="520626", client_id="looker"),
    ):
        assert await items(nobody) == []
    said = str(await items(mine))
    assert not [code for code in (HOUSEHOLD, NEIGHBOUR, ELSEWHERE, "SZ-9", "NEW-1") if code in said]


@ON_SQLITE
async def test_a_recognition_is_told_from_its_grant_to_its_end(
    house: House, officer: httpx.AsyncClient, open_house: OpenHouse, client_for: ClientFor
) -> None:
    applied = await officer.post(f"{API}/recognitions", json={"product_code": "TEA", "evidence": "检测报告"})
    steps = f"{API}/recognitions/{applied.json()['recognition_id']}/transitions"
    for action in TO_PUBLICITY:
        assert (await officer.post(steps, json={"action": action})).status_code == 200
    later = await open_house(CONSUMPTION, today=TODAY + dt.timedelta(days=6), background=True)
    county = client_for(later, scopes=SUPPLY, region="520626", client_id="county")
    for action, more in (("recognise", {}), ("revoke", {"note": "抽检不合格"})):
        answer = await county.post(steps, json={"action": action, **more})
        assert answer.status_code == 200, answer.text
    await all_is_told(later)
    told = await items(dongguan(client_for, later))
    assert in_short(told) == [(OFFERED, "TEA"), (GRANTED, "TEA"), (ENDED, "TEA")]
    assert "抽检" not in str(told), "why is for the county"


@ON_SQLITE
async def test_a_call_for_purchases_is_told_to_buyers_and_the_alert_to_its_county_alone(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house, county = await open_market(open_house, client_for)
    house.start(background=True)
    await lay_history(county)
    await glut(county)
    [alert] = await alerts(county)
    await step(county, alert["alert_id"], "respond")
    called = {"kind": "donation_by_purchase", "quantity": "500.000", "price": "8.00", "until": str(TODAY)}
    await step(county, alert["alert_id"], "call", call=called)
    await all_is_told(house)
    mine = dongguan(client_for, house)
    [offer, call] = await items(mine)
    assert in_short([offer, call]) == [(OFFERED, "TEA"), ("purchase-called", alert["alert_id"])]
    assert call["data"] == called | {
        "alert_id": alert["alert_id"],
        "commodity_code": "TEA",
        "region_code": alert["region_code"],
        "call_no": 4,
        "called_on": str(TODAY),
    }
    answer = await mine.get(f"{API}/slow-sales/{alert['alert_id']}")
    assert answer.status_code == 403, "what stands behind the call is for the county"
    ordered = {"buyer_code": "DG-1", "buyer_order_no": "1", "incident_id": call["data"]["alert_id"]}
    placed = await place(mine, ordered | {"lines": [{"product_code": "TEA", "quantity": "10.000"}]})
    assert placed["incident_id"] == alert["alert_id"]
    kinds = {kind for kind, _ in in_short(await items(county))}
    assert {"slow-sale-raised", "slow-sale-exposed", "purchase-called"} <= kinds
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    assert await items(neighbour) == []


@ON_SQLITE
async def test_webhooks_tell_the_same(house: House, officer: httpx.AsyncClient, client_for: ClientFor) -> None:
    house.start(background=True)
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    of_no_buyer = client_for(house, scopes=BUY, region="4419", client_id="of-no-buyer")
    async with receiving() as receivers:
        clients = {"mine": dongguan(client_for, house), "neighbour": neighbour, "none": of_no_buyer, "county": officer}
        for name, client in clients.items():
            set_up = await client.put(f"{API}/webhooks/all", json={"url": receivers.url_of(name)})
            assert set_up.status_code == 201, set_up.text
        await put(officer, "product", "TEA", product(price="13.00"))
        await place(clients["mine"])

        async def come() -> bool:
            told = [await said(receivers, name) for name in ("mine", "county")]
            return told == [[OFFERED, "order-placed"]] * 2

        await until(come)
        assert [await said(receivers, name) for name in ("neighbour", "none")] == [[], []]


async def said(receivers: Receivers, name: str) -> list[str]:
    return [message["item"]["type"].split(".")[1] for message in await receivers.got(name)]


async def test_a_day_s_outage_loses_nothing(
    house: House, officer: httpx.AsyncClient, open_house: OpenHouse, client_for: ClientFor
) -> None:
    """Whoever kept its cursor goes on behind it: what happened meanwhile comes once, in order, its own and the open."""
    house.start(background=True)
    mine = dongguan(client_for, house)
    placed = await place(mine)
    await all_is_told(house)
    before = (await mine.get(f"{API}/changes")).json()
    assert in_short(before["items"]) == [(OFFERED, "TEA"), ("order-placed", placed["order_id"])]
    await walk(officer, placed["order_id"], "accept")
    offer = product(price="13.00")
    del offer["stock"]
    await put(officer, "product", "TEA", offer)
    await all_is_told(house)
    next_day = await open_house(CONSUMPTION, today=TODAY + dt.timedelta(days=1), background=True)
    await walk(client_for(next_day, scopes=SUPPLY, region="520626", client_id="officer"), placed["order_id"], "ship")
    await all_is_told(next_day)
    await Retention("consumption", next_day.database, next_day.transport, 30).trim()
    mine = dongguan(client_for, next_day)
    missed = (await mine.get(f"{API}/changes", params={"after": before["next"]})).json()
    assert in_short(missed["items"]) == [
        ("order-confirmed", placed["order_id"]),
        (OFFERED, "TEA"),
        ("delivery-shipped", placed["order_id"]),
    ]
    nothing_more = (await mine.get(f"{API}/changes", params={"after": missed["next"]})).json()
    assert (nothing_more["items"], nothing_more["next"]) == ([], missed["next"])
