"""Many at once for what there is too little of, while pre-orders lapse under the hands of who takes them back."""

import asyncio
from itertools import cycle

import httpx
import sqlalchemy as sa

from services.consumption.models import Order
from services.consumption.orders.commands.deadlines import lapse_pre_orders
from shared.codes.consumption import OrderStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import House
from tests.at_once import until_answered
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    ORDERS,
    act,
    count_stock,
    dongguan,
    numbered,
    order,
    product,
    put,
    stock,
    told,
)
from tests.problems import assert_problem

BUYERS, THERE = 40, 20
_BOTH = (("TEA", "1.000"), ("EGGS", "1.000"))


async def test_pre_orders_that_lapse_meanwhile_come_back_once_and_nothing_is_oversold(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    """Each wants 1 of 20, of two products in either order; every other one pre-orders, and takes it back at once."""
    await put(officer, "product", "EGGS", product(stock=f"{THERE}.000"))
    await count_stock(officer, "TEA", f"{THERE}.000")

    async def buy(number: str, mode: str) -> None:
        client = dongguan(client_for, house, buyers=(f"B-{number}",))
        lines = _BOTH if int(number) % 4 < 2 else _BOTH[::-1]
        body = order(*lines, buyer_code=f"B-{number}", mode=mode)
        answer = await until_answered(lambda: client.post(ORDERS, json=body))
        if answer.status_code != 201:
            assert_problem(answer, 409, "not-enough-stock")
        elif mode == "pre":
            assert (await act(client, answer.json()["order_id"], "cancel")).status_code in {200, 409}

    buying = asyncio.gather(
        *(buy(number, mode) for number, mode in zip(numbered(BUYERS), cycle(("direct", "pre")), strict=False))
    )
    while not buying.done():
        await asyncio.gather(*(house.database.write(lapse_all) for _ in range(2)))
    await buying
    await house.database.write(lapse_all)
    items = (await officer.get(ORDERS, params={"limit": 200})).json()["items"]
    placed = [item for item in items if item["status"] == "placed"]
    assert 0 < len(placed) <= THERE
    assert await stock(house) == dict.fromkeys(("TEA", "EGGS"), (THERE - len(placed)) * 1_000)
    given_back = [event.data.order_id for event in await told(house, "order-cancelled")]
    assert sorted(map(str, given_back)) == sorted(item["order_id"] for item in items if item not in placed)
    assert await house.database.read(deadlocks) == 0


def lapse_all(uow: UnitOfWork) -> None:
    """The hours of all that is pre-ordered are over."""
    orders = table_of(Order)
    waiting = orders.c.status == OrderStatus.PRE_ORDERED
    ids = sa.select(orders.c.id).where(waiting).order_by(orders.c.id).with_for_update()
    over = orders.c.id.in_(uow.connection.scalars(ids).all())
    uow.connection.execute(sa.update(orders).where(over, waiting).values(confirm_by=orders.c.placed_at))
    lapse_pre_orders(uow)


def deadlocks(reading: Reading) -> int:
    """How often PostgreSQL had to end one of two who waited for each other."""
    if reading.connection.dialect.name != "postgresql":
        return 0
    counted = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return int(reading.connection.exec_driver_sql(counted).scalar_one())
