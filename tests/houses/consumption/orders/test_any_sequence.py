"""No sequence of steps loses a fen or makes goods from nothing; many at once never buy more than there is."""

import asyncio
import datetime as dt
from collections import defaultdict
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from services.consumption.models import ValueEntry
from services.consumption.orders.commands.deadlines import close_orders, lapse_pre_orders
from services.consumption.orders.commands.place import place_order
from services.consumption.orders.commands.transition import transition_order
from services.consumption.orders.schemas import OrderIn, OrderOut, TransitionIn
from services.consumption.products.rules import format_quantity
from shared.codes.consumption import OrderDeliveryStatus, OrderStatus, ReturnStatus
from shared.contracts.envelope import decode
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError
from shared.house import House
from shared.security.actor import Actor
from tests.at_once import until_answered, while_uncommitted
from tests.builders import HOUSEHOLD, TODAY
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    BUY,
    NEIGHBOUR,
    OFFICER,
    ORDERS,
    act,
    count_stock,
    dongguan,
    link,
    numbered,
    order,
    place,
    producer,
    product,
    put,
    read_stock,
    stock,
    told,
    turn_to,
    walk,
)
from tests.houses.consumption.orders.test_worked_money import ledger
from tests.mechanism.probe import ON_POSTGRESQL
from tests.problems import assert_problem

BUYER = Actor(id="dongguan", scopes=frozenset(BUY), regions=("4419",), buyers=frozenset({"DG-1"}))
OF_THE_BUYER = {"receive", "return", "agree", "decline", "dispute", "confirm"}
ONE_LINE = {"ship": "quantity", "receive": "received", "return": "quantity"}
RACING = 40
OFTEN = ["ship", "receive", "settle", "return", "accept_return"]
TRIED = [*OFTEN, *OFTEN, "finish", "adjust", "agree", "decline", "dispute", "refuse_return", "cancel"]
steps = st.lists(
    st.tuples(
        st.sampled_from(TRIED),
        st.integers(0, 5_000),
        st.integers(0, 3),
    ),
    min_size=6,
    max_size=24,
)


class _Undone(Exception):
    """What a tried sequence did is taken back."""


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_no_sequence_of_steps_loses_a_fen_or_makes_goods_from_nothing(
    house: House, officer: httpx.AsyncClient
) -> None:
    await put(officer, "producer", "C", producer(link("0.3333", HOUSEHOLD), link("0.3333", NEIGHBOUR)))
    links = [link("0.0500"), {"producer_code": "C", "share": "0.6000"}]
    await put(officer, "producer", "F", producer(*links, kind="firm", uscc=None))
    await put(officer, "product", "TEA", product(producer_code="F", price="33.33"))
    await count_stock(officer, "TEA", "10.000")

    def walk_through(uow: UnitOfWork, walked: list[tuple[str, int, int]]) -> None:
        uow.actor = BUYER
        placed = place_order(uow, OrderIn.model_validate(order(("TEA", "9.500")))).order
        for action, thousandths, number in [("accept", 0, 0), *walked]:
            uow.actor = BUYER if action in OF_THE_BUYER else OFFICER
            try:
                with uow.savepoint():
                    transition_order(uow, placed.order_id, _body(action, thousandths, number))
            except DomainError:
                pass
            uow.actor = OFFICER
            _hold(uow, placed)
        raise _Undone

    def run(uow: UnitOfWork) -> None:
        @settings(max_examples=60, deadline=None)
        @given(walked=steps)
        def holds(walked: list[tuple[str, int, int]]) -> None:
            with pytest.raises(_Undone), uow.savepoint():
                walk_through(uow, walked)

        holds()

    await house.database.write(run, actor=OFFICER)
    assert await stock(house) == {"TEA": 10_000}


def _body(action: str, thousandths: int, number: int) -> TransitionIn:
    """A step with a quantity of its first line, and a number that may name anything or nothing."""
    asked: dict[str, Any] = {"action": action}
    if action in ONE_LINE and (number or action == "return"):
        asked["lines"] = [{"line_no": 1, ONE_LINE[action]: format_quantity(thousandths + (action != "receive"))}]
        asked["lines"][0] |= {"reason": "rotten"} if action == "return" else {}
    if action == "adjust":
        asked["lines"] = [{"line_no": 1, "price": f"{thousandths // 100 + 1}.00", "reason": "行情"}]
    if action in {"receive", "return", "dispute"} and number > 1:
        asked["delivery_no"] = str(number - 1)
    if "return" in action:
        asked["return_no"] = f"R-{number}"
    asked |= {"restock": True} if action == "accept_return" and number % 2 else {}
    return TransitionIn.model_validate(asked)


def _hold(uow: UnitOfWork, placed: OrderOut) -> None:
    """Whether all books agree on where the order stands."""
    again = place_order(uow, OrderIn.model_validate(order(("TEA", "9.500")))).order
    assert again.order_id == placed.order_id
    [line], entries = again.lines, table_of(ValueEntry)
    settled = sum(
        each.value
        for delivery in again.deliveries
        if delivery.status is OrderDeliveryStatus.SETTLED
        for each in delivery.lines
    )
    entered = uow.connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(entries.c.amount), 0))) or 0
    credited: defaultdict[str, int] = defaultdict(int)
    for credit in line.credits or ():
        credited[credit.household_code] += credit.amount
    assert sum(credited.values()) + sum(kept.amount for kept in line.kept or ()) == entered == settled
    told_of = ledger([decode(event.headers, event.value) for event in uow.emitted])
    assert told_of == {code: amount for code, amount in credited.items() if amount}
    _hold_goods(uow, again)


def _hold_goods(uow: UnitOfWork, shown: OrderOut) -> None:
    [line] = shown.lines
    available = read_stock(uow)["TEA"]
    restocked = sum(
        each.quantity
        for one in shown.returns
        if one.restocked and one.status is ReturnStatus.ACCEPTED
        for each in one.lines
    )
    assert 0 <= (line.returned + line.rejected) <= (line.received or 0) <= line.shipped <= line.quantity
    if shown.status is OrderStatus.CANCELLED:
        assert available == 10_000
    elif any(step.action == "finish" for step in shown.history):
        assert available == 10_000 - line.shipped + restocked
    else:
        assert available == 10_000 - line.quantity + restocked


async def test_many_at_once_never_buy_more_than_there_is_while_pre_orders_lapse(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    """Each wants 7.001 of 100, of two products in either order; every other one is a pre-order that has lapsed."""
    await put(officer, "product", "EGGS", product(stock="100.000"))
    await count_stock(officer, "TEA", "100.000")
    clients = [dongguan(client_for, house, buyers=(f"B-{number}",)) for number in numbered(RACING)]

    async def buy(number: int, client: httpx.AsyncClient) -> int:
        codes = ("TEA", "EGGS") if number % 2 else ("EGGS", "TEA")
        mode = "pre" if number % 4 < 2 else "direct"
        body = order(*((code, "7.001") for code in codes), buyer_code=f"B-{numbered(RACING)[number]}", mode=mode)
        answer = await until_answered(partial(client.post, ORDERS, json=body))
        if answer.status_code == 201 and mode == "pre":
            assert (await act(client, answer.json()["order_id"], "cancel")).status_code == 200
        elif answer.status_code != 201:
            assert_problem(answer, 409, "not-enough-stock")
        return answer.status_code

    lapsing = asyncio.gather(*(house.database.write(lapse_pre_orders) for _ in range(5)))
    await asyncio.gather(*(buy(number, client) for number, client in enumerate(clients)))
    await lapsing
    items = (await officer.get(ORDERS, params={"limit": 200, "status": "placed"})).json()["items"]
    left = {code: 100_000 - 7_001 * len(items) for code in ("TEA", "EGGS")}
    assert (await stock(house), len(items) <= 14) == (left, True)


async def test_a_settlement_and_the_answer_to_a_return_at_once_agree(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    placed = (await place(buyer))["order_id"]
    await walk(officer, placed, "accept", "ship", "receive")
    back = {"return_no": "R", "lines": [{"line_no": 1, "quantity": "8.000", "reason": "grade"}]}
    assert (await act(buyer, placed, "return", **back)).status_code == 200
    answers = await asyncio.gather(
        *(act(officer, placed, "settle") for _ in range(3)),
        *(act(officer, placed, "accept_return", return_no="R") for _ in range(3)),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409, 409, 409]
    shown = (await officer.get(f"{ORDERS}/{placed}")).json()
    assert (shown["status"], shown["total"]) == ("settled", "150.00")
    assert ledger(await told(house, "income-")) == {HOUSEHOLD: 3750}


@ON_POSTGRESQL
async def test_an_order_is_not_closed_over_a_price_that_was_proposed_meanwhile(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, database_url: str
) -> None:
    placed = (await place(buyer))["order_id"]
    await walk(officer, placed, "accept", "ship", "receive", "settle")
    turn_to(house, TODAY + dt.timedelta(days=8))
    another = {"action": "adjust", "lines": [{"line_no": 1, "price": "20.00", "reason": "grade"}]}
    await while_uncommitted(
        house,
        database_url,
        transition_order,
        UUID(placed),
        TransitionIn.model_validate(another),
        actor=OFFICER,
        then=lambda: house.database.write(close_orders),
    )
    shown = (await officer.get(f"{ORDERS}/{placed}")).json()
    assert (shown["status"], shown["adjustment"]["status"]) == ("settled", "open")
