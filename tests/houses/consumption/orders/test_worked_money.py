"""The worked figures in `cases/`: what deliveries are worth and who gets how much of it, to the fen, over HTTP."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from services.consumption.app import CONSUMPTION
from shared.contracts.envelope import Event
from shared.house import House
from shared.money import parse_yuan
from tests.builders import deliver
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import (
    API,
    ORDERS,
    SUPPLY,
    act,
    dongguan,
    known,
    link,
    order,
    place,
    producer,
    product,
    put,
    told,
)

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "money.yaml").read_text("utf-8"))
OF_THE_BUYER = {"receive", "return", "agree", "decline", "dispute"}


async def two_levels(client: httpx.AsyncClient, price: str) -> None:
    """A firm that is linked to a cooperative and a household, and the cooperative to two more."""
    await put(client, "producer", "C", producer(link("0.3333", "H2"), link("0.3333", "H3")))
    links = [link("0.0500", "H1"), {"producer_code": "C", "share": "0.6000"}]
    await put(client, "producer", "F", producer(*links, kind="firm", uscc=None))
    await put(client, "product", "TEA", product(producer_code="F", price=price))


def ledger(events: Sequence[Event[Any]]) -> dict[str, int]:
    """What stands in the ledgers of households, by what was told of them."""
    standing: dict[Any, tuple[str, int]] = {}
    for event in events:
        if event.type.endswith("income-credited.v1"):
            assert event.data.supersedes is None or standing.pop(event.data.supersedes)
            standing[event.data.credit_id] = event.data.household_code, event.data.amount
        elif event.type.endswith("income-withdrawn.v1"):
            del standing[event.data.credit_id]
    found: dict[str, int] = {}
    for household, amount in standing.values():
        found[household] = found.get(household, 0) + amount
    return found


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
async def test_every_fen_comes_home(open_house: OpenHouse, client_for: ClientFor, case: dict[str, Any]) -> None:
    house = await open_house(CONSUMPTION)
    await deliver(house, *map(known, ("H1", "H2", "H3")))
    officer = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    buyer = dongguan(client_for, house)
    await two_levels(officer, case["price"])
    order_id = (await place(buyer, order(("TEA", case["quantity"]))))["order_id"]
    for step in case["steps"]:
        asked = {name: value for name, value in step.items() if name not in {"do", "expect"}}
        client = buyer if step["do"] in OF_THE_BUYER else officer
        answer = await act(client, order_id, step["do"], **asked)
        assert answer.status_code == 200, (step, answer.text)
        await check(house, officer, order_id, step)


async def check(house: House, officer: httpx.AsyncClient, order_id: str, step: dict[str, Any]) -> None:
    """Whether the order stands as the case says, and all the sums agree."""
    shown = (await officer.get(f"{ORDERS}/{order_id}")).json()
    [line] = shown["lines"]
    stock = (await officer.get(f"{API}/products/TEA")).json()["stock"]
    stands = {
        "status": shown["status"],
        **{name: line[name] for name in ("price", "shipped", "received", "rejected", "returned", "value")},
        "credits": {credit["household_code"]: credit["amount"] for credit in line["credits"]},
        "kept": {kept["producer_code"]: kept["amount"] for kept in line["kept"]},
        "stock": stock,
    }
    expected = step.get("expect", {})
    assert {name: stands[name] for name in expected} == expected, step
    credited = {code: parse_yuan(amount) for code, amount in stands["credits"].items()}
    settled = sum(
        parse_yuan(each["value"]) for one in shown["deliveries"] if one["status"] == "settled" for each in one["lines"]
    )
    assert sum(credited.values()) + sum(map(parse_yuan, stands["kept"].values())) == settled
    assert ledger(await told(house, "income-")) == {code: amount for code, amount in credited.items() if amount}
