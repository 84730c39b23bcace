"""What tests of slow sale talk about: a commodity with its history, a glut, and who lives from it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import httpx

from services.consumption.slow_sales.commands.judge import judge_due
from shared.clock import SystemClock
from shared.house import House
from shared.regions import CODE_LENGTH
from tests.builders import REGION, TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import API, NEIGHBOUR, SUPPLY, link, open_supplied, product, supply

COUNTY = REGION[:6].ljust(CODE_LENGTH, "0")
PRICES, SUPPLIES, SLOW_SALES = f"{API}/price-reports", f"{API}/supply-reports", f"{API}/slow-sales"
Document = dict[str, Any]
_USUAL = "10.00"


async def open_market(open_house: OpenHouse, client_for: ClientFor) -> tuple[House, httpx.AsyncClient]:
    """A house with a commodity, a cooperative that sells it, and two households that live from it by its links."""
    house = await open_supplied(open_house)
    client = client_for(house, scopes=SUPPLY, region="520626", client_id="county")
    links = (link("0.2500"), link("0.2500", NEIGHBOUR), link("0.1000", "YJ-0001", "wage"))
    officer = client_for(house, scopes=SUPPLY, region="52", client_id="officer")
    await put_commodity(officer, {"name": "绿茶", "unit": "kg", "shelf_life_days": 20})
    await supply(officer, *links, TEA=product(commodity_code="TEA"))
    return house, client


def price(day: dt.date, mean: str = _USUAL, **changes: Any) -> Document:
    """A price of a day on one market."""
    document = {
        "source": "county-agriculture",
        "source_ref": f"p-{day}",
        "commodity_code": "TEA",
        "region_code": REGION,
        "on": day.isoformat(),
        "market": "城关市场",
        "low": mean,
        "mean": mean,
        "high": mean,
    }
    return document | changes


def supply_of(day: dt.date, stock: str = "1000.000", sold: str = "70.000", **changes: Any) -> Document:
    """A supply: a glut unless told otherwise."""
    document = {
        "source": "county-agriculture",
        "source_ref": f"s-{day}",
        "commodity_code": "TEA",
        "region_code": REGION,
        "on": day.isoformat(),
        "stock": stock,
        "due": "200.000",
        "sold_7d": sold,
    }
    return document | changes


async def put_commodity(client: httpx.AsyncClient, body: Document) -> None:
    """Enter tea as a commodity, and expect that it is taken."""
    answer = await client.put(f"{API}/commodities/TEA", json=body)
    assert answer.status_code in {200, 201}, answer.text


async def send(client: httpx.AsyncClient, path: str, items: Sequence[Document], mode: str = "live") -> Document:
    """Send reports, and expect that the batch is read."""
    answer = await client.post(path, json={"mode": mode, "items": list(items)})
    assert answer.status_code == 200, answer.text
    document: Document = answer.json()
    return document


def days_before(day: dt.date, count: int) -> Iterable[dt.date]:
    """So many days before a day, the first one first."""
    return (day - dt.timedelta(days=back) for back in range(count, 0, -1))


async def lay_history(client: httpx.AsyncClient, years: int = 2, today: dt.date = TODAY) -> None:
    """A usual price on each day that counts of this year and of so many before."""
    for back in range(years + 1):
        then = today.replace(year=today.year - back)
        last = then if back == 0 else then + dt.timedelta(days=30)
        answer = await send(client, PRICES, [price(day) for day in days_before(last, 180)], "backfill")
        assert answer["rejected"] == 0, answer


async def glut(client: httpx.AsyncClient, first: dt.date = TODAY - dt.timedelta(days=4), days: int = 5) -> None:
    """Days on which tea is cheap, and stores that are full on the last."""
    fallen = [price(first + dt.timedelta(days=number), "6.00", source_ref=f"g-{number}") for number in range(days)]
    for one in fallen:
        one["market"] = "批发市场"
    await send(client, PRICES, fallen)
    await send(client, SUPPLIES, [supply_of(first + dt.timedelta(days=days - 1))])


async def alerts(client: httpx.AsyncClient, **asked: str) -> list[Document]:
    """The alerts that a list shows."""
    answer = await client.get(SLOW_SALES, params=asked)
    assert answer.status_code == 200, answer.text
    items: list[Document] = answer.json()["items"]
    return items


async def step(client: httpx.AsyncClient, alert_id: str, action: str, **more: Any) -> Document:
    """Take a step, and expect that it is allowed."""
    answer = await client.post(f"{SLOW_SALES}/{alert_id}/transitions", json={"action": action, **more})
    assert answer.status_code == 200, answer.text
    document: Document = answer.json()
    return document


async def night_of(house: House, day: dt.date) -> None:
    """A day has come, and its night is over."""
    house.database.resources.clock = SystemClock(business_date=day)
    while await house.database.write(judge_due):
        pass


CLOSING = {"sold": "800.000", "price": "7.50", "households": 2, "loss": "1200.00", "after_care": "投保，来年错季上市"}
