"""What tests of consumption talk about: households it knows, producers, products, orders, and what is asked for."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from services.consumption.app import CONSUMPTION
from services.consumption.models import Product
from shared.clock import SystemClock
from shared.codes.assistance import MeasureKind
from shared.context import new_context
from shared.contracts.assistance import MeasureCancelled, MeasureRequested
from shared.contracts.envelope import EncodedEvent, Event
from shared.contracts.monitoring import HouseholdRegistered
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.house import House
from shared.ids import derived_id
from shared.security.actor import Actor
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    deliver,
    household_registered,
    published_as,
    waiting_events,
)
from tests.conftest import ClientFor, OpenHouse

NEIGHBOUR, ELSEWHERE = "DJ-0002", "YJ-0001"
"""Two more households that are known: one of the same village, one of another county."""
TASK, MEASURE = derived_id("task", HOUSEHOLD), derived_id("measure", HOUSEHOLD)
CATALOGUE_EVENTS = ("consumption.product-", "consumption.recognition-")
"""What is told of what is for sale."""
API = "/consumption/v1"
ORDERS = f"{API}/orders"
READ, WRITE = ("consumption:read",), ("consumption:read", "consumption:write")
BUY = ("consumption:read", "consumption:order")
SUPPLY = (*WRITE, "consumption:approve")
DONGGUAN = ("DG-1", "DG-2")
"""The buyers that the client of a partner city orders for."""
OFFICER = Actor(id="officer", scopes=frozenset(SUPPLY), regions=("520626",))
STEPS = ("accept", "ship", "receive", "settle")
"""An order's way from its placing to its end."""


def known(code: str, region_code: str = REGION, version: int = 1) -> HouseholdRegistered:
    """A household as monitoring tells of it."""
    return household_registered(household_code=code, region_code=region_code, version=version)


def link(share: str, household_code: str = HOUSEHOLD, kind: str = "operating") -> dict[str, Any]:
    """A household's part in what a producer sells."""
    return {"household_code": household_code, "share": share, "kind": kind}


def shown_links(*sent: dict[str, Any]) -> list[dict[str, Any]]:
    """Links as they are answered: what was not said of them is null."""
    unsaid = dict.fromkeys(("household_code", "producer_code", "kind", "form", "from", "to"))
    return [unsaid | one for one in sent]


def producer(*links: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A cooperative as registered over HTTP; a quarter of what it sells is one household's unless told otherwise."""
    document = {
        "name": "德江茶叶合作社",
        "kind": "cooperative",
        "uscc": "91110000600037341L",
        "region_code": REGION,
        "links": list(links) or [link("0.2500")],
    }
    return document | changes


def product(**changes: Any) -> dict[str, Any]:
    """Tea at 12.50 the kilogram, 300 kilograms of it."""
    return {"producer_code": "COOP", "name": "绿茶", "unit": "kg", "price": "12.50", "stock": "300.000"} | changes


def order(*lines: tuple[str, str], **changes: Any) -> dict[str, Any]:
    """An order of a partner buyer: 20 kilograms of tea unless told otherwise."""
    sent = [{"product_code": code, "quantity": quantity} for code, quantity in lines or [("TEA", "20.000")]]
    return {"buyer_code": "DG-1", "buyer_order_no": "1", "lines": sent} | changes


def request(**changes: Any) -> EncodedEvent:
    """A task asks for somebody who buys what the household makes."""
    fields = _measure() | {"requested_on": TODAY, "answer_by": None} | changes
    return published_as(MeasureRequested(**fields), context=new_context("chain-of-the-task"))


def cancellation() -> MeasureCancelled:
    """The task closed before."""
    return MeasureCancelled(**_measure(), cancelled_on=TODAY)


def _measure() -> dict[str, Any]:
    return {
        "measure_id": MEASURE,
        "task_id": TASK,
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "kind": MeasureKind.PURCHASE,
    }


async def open_supplied(open_house: OpenHouse) -> House:
    """A house that knows three households."""
    house = await open_house(CONSUMPTION)
    await deliver(house, known(HOUSEHOLD), known(NEIGHBOUR), known(ELSEWHERE, OTHER_COUNTY_REGION))
    return house


async def put(client: httpx.AsyncClient, kind: str, code: str, body: dict[str, Any]) -> dict[str, Any]:
    """Register a producer or a product, and expect that it is taken."""
    answer = await client.put(f"{API}/{kind}s/{code}", json=body)
    assert answer.status_code in {200, 201}, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def supply(client: httpx.AsyncClient, *links: dict[str, Any], **products: dict[str, Any]) -> None:
    """A cooperative with tea, or with these products."""
    await put(client, "producer", "COOP", producer(*links))
    for code, body in (products or {"TEA": product()}).items():
        await put(client, "product", code, body)


async def count_stock(client: httpx.AsyncClient, code: str, quantity: str) -> None:
    """Say what is there of a product."""
    answer = await client.post(f"{API}/products/{code}/stock", json={"counted": quantity, "reason": "盘点"})
    assert answer.status_code == 201, answer.text


def dongguan(client_for: ClientFor, house: House, **changes: Any) -> httpx.AsyncClient:
    """The client of a partner city: it lives elsewhere than what it buys."""
    known: dict[str, Any] = {"scopes": BUY, "region": "4419", "client_id": "dongguan", "buyers": DONGGUAN}
    return client_for(house, **known | changes)


async def place(client: httpx.AsyncClient, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Place an order, and expect that it is new."""
    answer = await client.post(ORDERS, json=body or order())
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def act(client: httpx.AsyncClient, order_id: str, action: str, **more: Any) -> httpx.Response:
    """Ask for a transition."""
    return await client.post(f"{ORDERS}/{order_id}/transitions", json={"action": action, **more})


async def walk(client: httpx.AsyncClient, order_id: str, *actions: str) -> dict[str, Any]:
    """Go these steps, and expect that each is allowed."""
    for action in actions:
        answer = await act(client, order_id, action)
        assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def received(*quantities: str) -> list[dict[str, Any]]:
    """What arrived, line by line."""
    return [{"line_no": number, "received": quantity} for number, quantity in enumerate(quantities, 1)]


async def stock(house: House) -> dict[str, int]:
    """What can still be ordered of each product, in thousandths."""
    return await house.database.read(read_stock)


def read_stock(reading: Reading) -> dict[str, int]:
    """The same within a transaction."""
    products = table_of(Product)
    return {row.code: row.available for row in reading.connection.execute(sa.select(products))}


async def told(house: House, name: str = "") -> Sequence[Event[Any]]:
    """What the house has published, all beside its catalogue or under this name."""
    events = await waiting_events(house)
    if name:
        return [event for event in events if name in event.type]
    return [event for event in events if not event.type.startswith(CATALOGUE_EVENTS)]


def numbered(count: int) -> list[str]:
    """Numbers of orders or buyers."""
    return [f"{number:03d}" for number in range(1, count + 1)]


def order_id(buyer_code: str = "DG-1", number: str = "1") -> UUID:
    """The id an order has."""
    return derived_id("order", buyer_code, number)


def turn_to(house: House, day: dt.date) -> None:
    """Have the house live on another business date."""
    house.database.resources.clock = SystemClock(business_date=day)
