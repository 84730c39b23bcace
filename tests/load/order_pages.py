"""Pages of a million orders beside the same pages of a thousand, for an officer and for buyers."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.consumption.app import CONSUMPTION
from services.consumption.models import PROCEDURE_STEP, BuyerClient, Order, OrderLine
from services.consumption.orders.queries import OrderList, orders
from shared.codes.consumption import OrderMode, OrderStatus, PurchaseWay
from shared.connections import Limits
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.rows import insert_rows, insert_tuples
from shared.db.unit_of_work import UnitOfWork
from shared.lists.cursor import encode
from shared.runtime import migrate_all
from shared.security.actor import Actor
from shared.settings import Settings
from tests.load import aims
from tests.load.county import NOW
from tests.load.cpu import Meter
from tests.load.figures import Figure, Rounds
from tests.load.orders import SELLER, enter_buyers, offer
from tests.load.stage import database

_FEW: Final = 1_000
_RARE: Final = 100
"""So many orders of either size are of the small buyer and disputed."""
_PATH: Final = "/consumption/v1/orders"
_AT_ONCE: Final = 20_000
_CALLS: Final = 9
_BIG, _SMALL, _CLIENT = "B-BIG", "B-SMALL", "canteen"
_OTHERS: Final = [f"B-{number}" for number in range(8)]
_USUAL_BUYERS: Final = [*[_BIG] * len(_OTHERS), *_OTHERS]
_STRIDE: Final = 7919
"""Has no divisor in common with how many there are."""
_COUNTIES: Final = [f"5206{county:02d}001001" for county in range(21, 31)]
_USUAL: Final = (*[OrderStatus.CLOSED] * 6, OrderStatus.SETTLED, OrderStatus.RECEIVED, OrderStatus.PLACED)
_ORDERS = table_of(Order)
_COLUMNS: Final = tuple(_ORDERS.columns.keys())
_OFFICER: Final = Actor("officer", frozenset({"consumption:read", "consumption:approve"}), ("52",))
_OF_COUNTY: Final = Actor("county", frozenset({"consumption:read", "consumption:approve"}), ("520626",))
_ORDERING: Final = frozenset({"consumption:read", "consumption:order"})


class _Way(NamedTuple):
    """Who asks, and what for; ``late`` is a page behind the middle of the list."""

    who: Actor
    asked: Mapping[str, Any]
    late: bool = False


def _buyer(code: str) -> Actor:
    return Actor("buyer", _ORDERING, ("4419",), buyers=frozenset({code}))


def _placed_at(part: float) -> dt.datetime:
    """A moment of the year before, in which all are placed."""
    return NOW - dt.timedelta(days=365) * (1 - part)


_LINE: Final[Mapping[str, Any]] = {
    "order_id": ("id",),
    "line_no": 1,
    "product_code": "TEA",
    "producer_code": "COOP",
    "name": "绿茶",
    "unit": "kg",
    "price": 1250,
    "quantity": 1000,
    "short": 0,
}
_STEP: Final[Mapping[str, Any]] = {
    "thing_kind": "order",
    "thing_id": ("id",),
    "step_no": 1,
    "at": ("placed_at",),
    "action": "place",
    "status": "placed",
    "taken_by": "bench",
    "side": "consumption:order",
    "stands_in": False,
}
"""Of a tuple, the order says it in the column of that name."""
_PATIENT: Final = Limits(command_seconds=600.0, lock_seconds=600.0)
"""To build what a million orders are found by takes longer than a request may."""
_MIDDLE: Final = encode(_PATH, (_placed_at(0.5).isoformat(), str(UUID(int=0))))
_WAYS: Final[Mapping[str, _Way]] = {
    "officer": _Way(_OFFICER, {}),
    "officer, late": _Way(_OFFICER, {}, late=True),
    "officer, placed": _Way(_OFFICER, {"status": "placed"}),
    "officer, placed, late": _Way(_OFFICER, {"status": "placed"}, late=True),
    "officer, disputed, which few are": _Way(_OFFICER, {"status": "disputed"}),
    "officer, a small buyer": _Way(_OFFICER, {"buyer_code": _SMALL}),
    "officer, a large buyer, late": _Way(_OFFICER, {"buyer_code": _BIG}, late=True),
    "officer, changed lately": _Way(_OFFICER, {"updated_after": (NOW - dt.timedelta(seconds=80)).isoformat()}),
    "county": _Way(_OF_COUNTY, {}),
    "county, late": _Way(_OF_COUNTY, {}, late=True),
    "county, disputed": _Way(_OF_COUNTY, {"status": "disputed"}),
    "large buyer": _Way(_buyer(_BIG), {}),
    "large buyer, late": _Way(_buyer(_BIG), {}, late=True),
    "large buyer, placed": _Way(_buyer(_BIG), {"status": "placed"}),
    "small buyer": _Way(_buyer(_SMALL), {}),
    "small buyer, late": _Way(_buyer(_SMALL), {}, late=True),
    "client bound to the small buyer": _Way(Actor(_CLIENT, _ORDERING, ("4419",)), {}),
}


async def order_pages(
    section: str, settings: Settings, small: Settings, rounds: int, cpu: Meter, many: int
) -> list[Figure]:
    """Milliseconds of processor time for a page of fifty, in each round of the one and of the other."""
    large, few = await _laid(settings, many), await _laid(small, _FEW)
    measured = {name: Rounds() for name in _WAYS}
    for place in range(rounds + 1):
        for name, way in _WAYS.items():
            measured[name].add_round(place, await _milliseconds(large, few, way, cpu))
    await large.close()
    await few.close()
    path = f"a page of {many:,} orders"
    return [
        Figure(section, f"{path}: {name}", "ms", found["many"], found["few"], f"of {_FEW:,}", aims.ORDER_PAGE)
        for name, found in measured.items()
    ]


async def _milliseconds(large: Database, few: Database, way: _Way, cpu: Meter) -> dict[str, float]:
    """Of a page of either, asked for in turn."""
    times: dict[str, list[float]] = {"many": [], "few": []}
    asked = OrderList.model_validate({**way.asked, "cursor": _MIDDLE} if way.late else way.asked).at(_PATH)
    for _ in range(_CALLS):
        for name, consumption in (("many", large), ("few", few)):
            began = cpu()
            found = await consumption.read(orders, asked, actor=way.who)
            times[name].append((cpu() - began) * 1000)
            assert found.items, "there is a page of it"
    return {name: median(of_size) for name, of_size in times.items()}


async def _laid(settings: Settings, many: int) -> Database:
    await migrate_all([CONSUMPTION], settings)
    url = settings.database_url_of(CONSUMPTION.name)
    consumption = database(CONSUMPTION, url, keyring=settings.keyring_path)
    await consumption.write(offer, actor=SELLER)
    await consumption.write(enter_buyers, [_BIG, _SMALL, *_OTHERS])
    await consumption.write(_bind)
    patient = Database(url, consumption.resources, _PATIENT)
    await patient.write(_drop_indexes)
    chance = random.Random(5)
    for first in range(0, many, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, many))
        await patient.write(_lay, [_order(number, many, chance) for number in numbers])
    for index in _ORDERS.indexes:
        await patient.write(_create, index)
    if not consumption.is_sqlite:
        await patient.write(lambda uow: uow.connection.exec_driver_sql("ANALYZE"))
    await patient.close()
    return consumption


def _create(uow: UnitOfWork, index: sa.Index) -> None:
    index.create(uow.connection)


def _bind(uow: UnitOfWork) -> None:
    insert_rows(uow.connection, table_of(BuyerClient), [{"buyer_code": _SMALL, "client_id": _CLIENT}])


def _lay(uow: UnitOfWork, rows: Sequence[tuple[Any, ...]]) -> None:
    """Orders, a line and the first step of each."""
    insert_tuples(uow.connection, _ORDERS, _COLUMNS, rows)
    for table, said in ((table_of(OrderLine), _LINE), (PROCEDURE_STEP, _STEP)):
        insert_tuples(uow.connection, table, tuple(said), _parts(rows, said))


def _order(number: int, many: int, chance: random.Random) -> tuple[Any, ...]:
    """An order of that year. In both sizes as many are rare, and as many were changed lately.

    Ids grow with the number, and the moments are all over: what a page shows lies all over the tables.
    """
    turn = number * _STRIDE % many
    is_rare = turn % (many // _RARE) == 0
    placed_at = _placed_at(turn / many)
    return _in_columns(
        id=UUID(int=(number << 64) + chance.getrandbits(60)),
        buyer_code=_SMALL if is_rare else chance.choice(_USUAL_BUYERS),
        buyer_order_no=str(number),
        region_code=chance.choice(_COUNTIES),
        status=OrderStatus.DISPUTED if is_rare else chance.choice(_USUAL),
        placed_at=placed_at,
        updated_at=max(placed_at, NOW - dt.timedelta(seconds=many - turn)),
    )


_SAID_OF_ALL: Final[Mapping[str, Any]] = dict.fromkeys(_COLUMNS) | {
    "placed_by": "bench",
    "correlation_id": "bench",
    "mode": OrderMode.DIRECT,
    "way": PurchaseWay.PURCHASE,
    "due_provisional": False,
    "version": 1,
}


def _in_columns(**said: Any) -> tuple[Any, ...]:
    return tuple({**_SAID_OF_ALL, **said}.values())


def _drop_indexes(uow: UnitOfWork) -> None:
    for index in _ORDERS.indexes:
        index.drop(uow.connection)


def _parts(rows: Sequence[tuple[Any, ...]], said: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """A row beside each of these orders: what is a column's name is what the order has there."""
    places = {name: _COLUMNS.index(value[0]) if isinstance(value, tuple) else None for name, value in said.items()}
    return [tuple(said[name] if place is None else row[place] for name, place in places.items()) for row in rows]
