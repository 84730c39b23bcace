"""Who orders for which buyer, who sees what of it, and which scope each step needs."""

import asyncio
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.consumption.models import Buyer, DeliveryCredit, DeliveryLine, OrderLine
from services.consumption.orders.procedure import TRANSITIONS
from shared.codes.consumption import OrderAction
from shared.db.base import table_of
from shared.house import House
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, audit_rows, lay_backwards
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    API,
    BUY,
    ELSEWHERE,
    NEIGHBOUR,
    ORDERS,
    READ,
    STEPS,
    SUPPLY,
    WRITE,
    act,
    dongguan,
    link,
    order,
    order_id,
    place,
    producer,
    product,
    put,
    stock,
    walk,
)
from tests.logged import Logged
from tests.problems import assert_problem

BUYERS = f"{API}/buyers"
ORDER = str(order_id())
WITHOUT_CLAIM = {"buyers": None, "client_id": "canteen"}


async def bind(client: httpx.AsyncClient, code: str, client_id: str, **more: Any) -> httpx.Response:
    return await client.put(f"{BUYERS}/{code}", json={"client_id": client_id, **more})


def unsaid(code: str) -> dict[str, Any]:
    """A buyer of whom nobody has said anything."""
    nothing = dict.fromkeys(("name", "kind", "city_code", "unit_code", "uscc", "client_id"))
    return {"buyer_code": code, **nothing, "clients": [], "version": 1}


async def listed(client: httpx.AsyncClient) -> list[str]:
    return [item["buyer_order_no"] for item in (await client.get(ORDERS)).json()["items"]]


async def test_a_partner_buys_and_sets_neither_prices_nor_shares(
    house: House, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    for method, path, body in (
        ("PUT", "products/TEA", product(price="0.01")),
        ("POST", "products/TEA/stock", {"counted": "0", "reason": "x"}),
        ("PUT", "producers/COOP", producer(link("1"))),
        ("PUT", "buyers/DG-1", {"client_id": "dongguan"}),
    ):
        assert_problem(await buyer.request(method, f"{API}/{path}", json=body), 403, "scope-missing")
    for path in ("producers/COOP", "products/TEA/stock", "buyers", "buyers/DG-1", "requests"):
        assert_problem(await buyer.get(f"{API}/{path}"), 403, "scope-missing")
    assert (await buyer.get(f"{API}/products/TEA")).json()["price"] == "12.50"
    assert await stock(house) == {"TEA": 300_000}
    assert (await place(buyer))["total"] == "250.00"


@pytest.mark.parametrize("scopes", [READ, WRITE, (*WRITE, "consumption:read")])
async def test_ordering_needs_the_scope_of_a_buyer_or_of_the_supply_side(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor, scopes: tuple[str, ...]
) -> None:
    client = dongguan(client_for, house, scopes=scopes)
    problem = assert_problem(await client.post(ORDERS, json=order()), 403, "scope-missing")
    assert problem["scope"] == "consumption:order or consumption:approve"
    assert await stock(house) == {"TEA": 300_000}


async def test_a_client_orders_and_sees_under_the_codes_of_its_token_alone(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    assert_problem(await buyer.post(ORDERS, json=order(buyer_code="SZ-1")), 403, "buyer-not-yours")
    await bind(officer, "SZ-1", "dongguan")
    assert_problem(await buyer.post(ORDERS, json=order(buyer_code="SZ-1")), 403, "buyer-not-yours")
    both_sides = dongguan(client_for, house, scopes=(*SUPPLY, *BUY), region="52")
    assert_problem(await both_sides.post(ORDERS, json=order(buyer_code="SZ-1")), 403, "buyer-not-yours")
    await place(officer, order(buyer_code="SZ-1"))
    await place(officer, order(buyer_code="DG-2", buyer_order_no="2"))
    assert await listed(buyer) == ["2"], "an order is its buyer's, whoever placed it"
    assert_problem(await buyer.get(f"{ORDERS}/{order_id('SZ-1')}"), 404, "order-not-found")
    assert_problem(await buyer.get(ORDERS, params={"buyer_code": "SZ-1"}), 403, "buyer-not-yours")


async def test_every_client_of_a_buyer_sees_its_orders_and_takes_its_steps(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await place(buyer)
    colleague = dongguan(client_for, house, client_id="dongguan-warehouse", buyers=("dg-1",))
    assert await listed(colleague) == ["1"]
    await walk(officer, ORDER, "accept", "ship")
    await walk(colleague, ORDER, "receive", "dispute", "receive")
    reader = dongguan(client_for, house, scopes=READ, client_id="dongguan-auditor", buyers=("DG-1",))
    assert await listed(reader) == ["1"]
    assert_problem(await act(reader, ORDER, "dispute"), 403, "scope-missing")


async def test_without_a_claim_a_client_orders_for_whom_the_supply_side_bound_it_to(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    canteen = dongguan(client_for, house, **WITHOUT_CLAIM)
    for _ in range(2):
        assert_problem(await canteen.post(ORDERS, json=order()), 403, "buyer-not-yours")
    bound = await bind(officer, "DG-1", "canteen", name="东莞第一食堂")
    assert (bound.status_code, bound.headers["ETag"]) == (201, '"1"')
    shown = {name: value for name, value in bound.json().items() if name != "updated_at"}
    assert shown == unsaid("DG-1") | {"name": "东莞第一食堂", "clients": ["canteen"], "client_id": "canteen"}
    await place(canteen)
    assert await listed(canteen) == ["1"]
    assert_problem(await canteen.post(ORDERS, json=order(buyer_code="DG-2")), 403, "buyer-not-yours")


async def test_a_buyer_is_handed_over_with_its_orders(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    before, after = (dongguan(client_for, house, buyers=None, client_id=name) for name in ("before", "after"))
    await bind(officer, "DG-1", "before")
    await place(before)
    assert (await bind(officer, "DG-1", "after")).json()["version"] == 2
    assert await listed(after) == ["1"]
    assert await listed(before) == []
    for action in OrderAction:
        assert_problem(await act(before, ORDER, action), 404, "order-not-found")
    assert_problem(await before.post(ORDERS, json=order(buyer_order_no="2")), 403, "buyer-not-yours")
    await walk(after, ORDER, "cancel")
    rows = [row for row in await audit_rows(house) if row["action"] == "buyer.put"]
    assert [(row["before"] or {}).get("clients") for row in rows] == [None, ["before"]]


async def test_nobody_gets_a_buyer_by_ordering_first(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    squatter = dongguan(client_for, house, buyers=None, client_id="squatter")
    assert_problem(await squatter.post(ORDERS, json=order(buyer_code="HZ-HOSPITAL")), 403, "buyer-not-yours")
    await place(officer, order(buyer_code="HZ-HOSPITAL"))
    (unbound,) = (await officer.get(BUYERS)).json()["items"]
    entered = unbound.pop("updated_at")
    assert unbound == unsaid("HZ-HOSPITAL")
    assert (await officer.get(BUYERS, params={"updated_after": entered})).json()["items"] == []
    bound = await bind(officer, "HZ-HOSPITAL", "hospital")
    assert bound.status_code == 200
    assert (await officer.get(BUYERS, params={"updated_after": entered})).json()["items"] == [bound.json()]
    hospital = dongguan(client_for, house, buyers=None, client_id="hospital")
    assert await listed(hospital) == ["1"]


async def test_who_bound_a_buyer_first_or_is_responsible_around_them_changes_it(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await bind(officer, "DG-1", "canteen")
    neighbour = client_for(house, scopes=SUPPLY, region="520625", client_id="neighbour")
    assert_problem(await bind(neighbour, "DG-1", "mine"), 403, "region-not-allowed")
    province = client_for(house, scopes=SUPPLY, region="52", client_id="province")
    assert (await bind(province, "DG-1", "theirs")).json()["client_id"] == "theirs"
    assert (await bind(officer, "DG-1", "canteen")).json()["version"] == 3


async def test_a_buyer_of_whom_nobody_knows_who_bound_it_belongs_to_whoever_changes_it(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await bind(officer, "DG-1", "canteen")
    unbind = sa.update(table_of(Buyer)).values(bound_in=None)
    await house.database.write(lambda uow: uow.connection.execute(unbind) and None)
    neighbour = client_for(house, scopes=SUPPLY, region="520625", client_id="neighbour")
    assert (await bind(neighbour, "DG-1", "canteen")).json()["version"] == 1
    assert (await bind(officer, "DG-1", "theirs")).json()["version"] == 2
    assert_problem(await bind(neighbour, "DG-1", "theirs"), 403, "region-not-allowed")


async def test_a_buyer_has_one_spelling(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    assert_problem(await buyer.post(ORDERS, json=order(buyer_code="dg-1")), 409, "code-in-other-spelling")
    await place(buyer)
    assert_problem(await buyer.post(ORDERS, json=order(buyer_code="dg-1")), 409, "code-in-other-spelling")
    assert_problem(await officer.post(ORDERS, json=order(buyer_code="dG-1")), 409, "code-in-other-spelling")
    assert_problem(await bind(officer, "Dg-1", "canteen"), 409, "code-in-other-spelling")
    answers = await asyncio.gather(*(bind(officer, code, "x") for code in ("SZ-1", "sz-1", "Sz-1")))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


@pytest.mark.parametrize("spelling", ["7", " 7", "7\u3000", "\uff17", "7\u00a0"])
async def test_an_order_number_has_one_spelling(house: House, buyer: httpx.AsyncClient, spelling: str) -> None:
    first = await place(buyer, order(buyer_order_no="7"))
    again = await buyer.post(ORDERS, json=order(buyer_order_no=spelling))
    assert (again.status_code, again.json()) == (200, first)
    assert await stock(house) == {"TEA": 280_000}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"buyer_order_no": "7\u200b"}, "/buyer_order_no"),
        ({"buyer_order_no": "\u3000"}, "/buyer_order_no"),
        ({"buyer_code": ".."}, "/buyer_code"),
        ({"buyer_code": "a b"}, "/buyer_code"),
        ({"deliver_to": "a\u0000b"}, "/deliver_to"),
        ({"contact": " "}, "/contact"),
        ({"invoice_title": "\u200b"}, "/invoice_title"),
        ({"deliver_by": "2026-02-30"}, "/deliver_by"),
    ],
)
async def test_what_nobody_sees_is_refused(
    house: House, buyer: httpx.AsyncClient, changes: dict[str, Any], pointer: str
) -> None:
    document = assert_problem(await buyer.post(ORDERS, json=order(**changes)), 422, "invalid")
    assert [error["pointer"] for error in document["errors"]] == [pointer]
    assert await stock(house) == {"TEA": 300_000}


async def test_a_step_needs_the_scope_that_stands_beside_it(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    assert {action: set(TRANSITIONS.scopes_of(action)) for action in OrderAction} == {
        "accept": {"consumption:approve"},
        "ship": {"consumption:approve"},
        "settle": {"consumption:approve"},
        "receive": {"consumption:order", "consumption:approve"},
        "dispute": {"consumption:order", "consumption:approve"},
        "cancel": {"consumption:order", "consumption:approve"},
        "confirm": {"consumption:order", "consumption:approve"},
        "finish": {"consumption:approve"},
        "adjust": {"consumption:approve"},
        "agree": {"consumption:order", "consumption:approve"},
        "decline": {"consumption:order", "consumption:approve"},
        "return": {"consumption:order", "consumption:approve"},
        "accept_return": {"consumption:approve"},
        "refuse_return": {"consumption:approve"},
    }
    await place(buyer)
    for action in ("accept", "ship", "settle"):
        assert assert_problem(await act(buyer, ORDER, action), 403, "scope-missing")["scope"] == "consumption:approve"


async def test_the_history_names_who_took_each_step_and_what_was_done_for_the_buyer(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, logged: Logged
) -> None:
    await place(buyer)
    await walk(officer, ORDER, "accept", "ship", "receive")
    answer = await act(buyer, ORDER, "dispute", note="第 1 行受潮\n张三 13800138000")
    assert answer.status_code == 200
    await walk(buyer, ORDER, "receive")
    settled = await walk(officer, ORDER, "settle")
    steps = settled["history"]
    assert [(step["action"], step["by"], step["side"], step["for_buyer"], step["status"]) for step in steps] == [
        ("place", "dongguan", "buyer", False, "placed"),
        ("accept", "officer", "supply", False, "accepted"),
        ("ship", "officer", "supply", False, "shipped"),
        ("receive", "officer", "supply", True, "received"),
        ("dispute", "dongguan", "buyer", False, "disputed"),
        ("receive", "dongguan", "buyer", False, "received"),
        ("settle", "officer", "supply", False, "settled"),
    ]
    assert [step["note"] for step in steps if step["note"]] == ["第 1 行受潮\n张三 13800138000"]
    assert [step["at"] for step in steps] == sorted({step["at"] for step in steps})
    assert steps[-1]["at"] == settled["updated_at"]
    assert (await buyer.get(f"{ORDERS}/{ORDER}")).json()["history"] == steps
    assert not [text for text in (logged.text(), str(await audit_rows(house))) if "张三" in text]


async def test_what_the_supply_side_orders_for_a_buyer_is_visible_as_such(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(officer)
    (step,) = (await buyer.get(f"{ORDERS}/{ORDER}")).json()["history"]
    assert (step["by"], step["side"], step["for_buyer"]) == ("officer", "supply", True)


async def test_the_contact_is_for_who_placed_or_supplies_the_order(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor, logged: Logged
) -> None:
    wishes = {"deliver_by": "2026-12-01", "deliver_to": "东莞市莞城街道 1 号", "invoice_title": "东莞第一食堂"}
    placed = await place(buyer, order(contact="李老师 13800138000", **wishes))
    assert {name: placed[name] for name in wishes} == wishes
    colleague = dongguan(client_for, house, client_id="colleague")
    seen = [(await client.get(f"{ORDERS}/{ORDER}")).json()["contact"] for client in (buyer, officer, colleague)]
    assert seen[:2] == ["李老师 13800138000"] * 2
    assert seen[2].startswith("李*")
    assert "13800138000" not in seen[2]
    assert "13800138000" not in (await colleague.get(ORDERS)).text
    await walk(officer, ORDER, *STEPS)
    assert not [text for text in (logged.text(), str(await audit_rows(house))) if "李老师" in text]


async def test_an_order_is_the_same_only_with_the_same_wishes(house: House, buyer: httpx.AsyncClient) -> None:
    first = await place(buyer, order(deliver_to="东莞"))
    assert (await buyer.post(ORDERS, json=order(deliver_to="东莞"))).json() == first
    for changes in ({}, {"deliver_to": "深圳"}, {"deliver_to": "东莞", "contact": "李老师"}):
        assert_problem(await buyer.post(ORDERS, json=order(**changes)), 409, "order-contradicts")


async def test_nothing_is_wanted_in_the_past(house: House, buyer: httpx.AsyncClient) -> None:
    refused = assert_problem(await buyer.post(ORDERS, json=order(deliver_by="2026-11-15")), 422, "order-invalid")
    assert refused["errors"][0]["pointer"] == "/deliver_by"
    assert (await place(buyer, order(deliver_by="2026-11-16")))["deliver_by"] == "2026-11-16"


async def test_a_buyer_sees_the_value_of_its_order_and_nothing_of_who_gets_it(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await place(buyer)
    await walk(officer, ORDER, *STEPS)
    for text in ((await buyer.get(f"{ORDERS}/{ORDER}")).text, (await buyer.get(f"{API}/products")).text):
        assert HOUSEHOLD not in text
    [seen] = (await buyer.get(f"{ORDERS}/{ORDER}")).json()["lines"]
    [known] = (await officer.get(f"{ORDERS}/{ORDER}")).json()["lines"]
    assert (seen["value"], seen["producer_amount"], seen["credits"]) == ("250.00", None, None)
    assert (known["producer_amount"], known["credits"][0]["amount"]) == ("187.50", "62.50")


async def test_lines_and_shares_are_shown_in_their_order_however_they_lie(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    codes = [f"P{number}" for number in range(9)]
    await put(officer, "producer", "COOP", producer(link("0.1"), link("0.2", kind="property"), link("0.3", NEIGHBOUR)))
    for code in codes:
        await put(officer, "product", code, product())
    await place(buyer, order(*((code, "1") for code in reversed(codes))))
    settled = await walk(officer, ORDER, *STEPS)
    for model in (OrderLine, DeliveryLine, DeliveryCredit):
        await lay_backwards(house, table_of(model))
    assert (await officer.get(f"{ORDERS}/{ORDER}")).json() == settled
    assert [line["product_code"] for line in settled["lines"]] == codes[::-1]
    assert [line["line_no"] for line in settled["lines"]] == list(range(1, 10))
    for line in settled["lines"]:
        assert [(credit["household_code"], credit["branch"]) for credit in line["credits"]] == [
            (HOUSEHOLD, "operating"),
            (HOUSEHOLD, "property"),
            (NEIGHBOUR, "operating"),
        ]


async def test_a_client_of_several_regions_supplies_them_all(
    house: House, buyer: httpx.AsyncClient, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    everywhere = client_for(house)
    await put(everywhere, "producer", "YJ", producer(link("1", ELSEWHERE), region_code=OTHER_COUNTY_REGION))
    await put(everywhere, "product", "PEARS", product(producer_code="YJ"))
    await place(buyer)
    await place(buyer, order(("PEARS", "1"), buyer_order_no="2"))
    both = client_for(house, scopes=SUPPLY, region=["520625", "520626"], client_id="both")  # type: ignore[arg-type]
    assert await listed(both) == ["2", "1"]
    await walk(both, str(order_id(number="2")), "accept")
    assert await listed(officer) == ["1"]
