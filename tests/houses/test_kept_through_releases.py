"""What an earlier release has stored is there after the migrations, with sensible values for what is new."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from services.assets.app import ASSETS
from services.consumption.app import CONSUMPTION
from shared.db.base import UtcDateTime
from shared.db.migrate import alembic_config
from shared.house import HouseDefinition
from tests.builders import REGION
from tests.databases import Databases

PLACED, SETTLED = (dt.datetime(2026, 10, day, 2, tzinfo=dt.UTC) for day in (1, 20))
FIRST, SECOND = UUID(int=1), UUID(int=2)


async def after_migrating(
    databases: Databases, house: HouseDefinition, write: Callable[[sa.Connection], None], read: Callable[[Any], Any]
) -> Any:
    """What is read from a database in which an earlier release has written, once all migrations have run."""
    await databases.make(house)
    url = databases.url.format(house=house.name).replace("sqlite:", "sqlite+aiosqlite:")
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"), poolclass=sa.NullPool)

    def run(connection: sa.Connection) -> Any:
        config = alembic_config(house.migrations, connection, house.metadata)
        command.downgrade(config, "0003")
        write(connection)
        command.upgrade(config, "head")
        return read(connection)

    async with engine.begin() as connection:
        found = await connection.run_sync(run)
    await engine.dispose()
    return found


def insert(connection: sa.Connection, table: str, **row: Any) -> None:
    columns = {name: sa.column(name, _type_of(value)) for name, value in row.items()}
    connection.execute(sa.insert(sa.table(table, *columns.values())).values(row))


def _type_of(value: Any) -> sa.types.TypeEngine[Any]:
    if isinstance(value, list | dict):
        return sa.JSON()
    if isinstance(value, UUID):
        return sa.Uuid()
    return UtcDateTime() if isinstance(value, dt.datetime) else sa.literal(value).type


def an_order(connection: sa.Connection) -> None:
    insert(connection, "producer", code="COOP", name="合作社", kind="cooperative", region_code=REGION)
    insert(connection, "product", code="TEA", producer_code="COOP", name="绿茶", unit="kg", price=1250, available=1)
    insert(connection, "buyer", code="DG-1", client_id="dongguan")
    insert(
        connection,
        "purchase_order",
        id=FIRST,
        buyer_code="DG-1",
        buyer_order_no="1",
        placed_by="dongguan",
        region_code=REGION,
        status="received",
        correlation_id="c",
        placed_at=PLACED,
        updated_at=SETTLED,
    )
    line = {"product_code": "TEA", "producer_code": "COOP", "price": 1250, "quantity": 20_000}
    insert(connection, "order_line", order_id=FIRST, line_no=1, **line)
    for seq, (actor, action, status) in enumerate(
        (
            ("dongguan", "order.placed", "placed"),
            ("officer", "order.accept", "accepted"),
            ("officer", "order.ship", "shipped"),
            ("officer", "order.receive", "received"),
        ),
        1,
    ):
        after = {"status": status}
        insert(
            connection,
            "audit",
            seq=seq,
            at=PLACED,
            actor=actor,
            action=action,
            subject=str(FIRST),
            after=after,
            correlation_id="c",
        )


async def test_an_order_of_an_earlier_release_knows_its_steps_and_its_product(databases: Databases) -> None:
    def read(connection: Any) -> Any:
        line = connection.execute(sa.text("SELECT name, unit, specification FROM order_line")).one()
        history = connection.scalar(sa.text("SELECT history FROM purchase_order"))
        versions = [connection.scalar(sa.text(f"SELECT version FROM {table}")) for table in ("producer", "product")]
        buyer = connection.execute(sa.text("SELECT client_id, bound_in, version FROM buyer")).one()
        return tuple(line), history if isinstance(history, list) else json.loads(history), versions, tuple(buyer)

    line, history, versions, buyer = await after_migrating(databases, CONSUMPTION, an_order, read)
    assert line == ("绿茶", "kg", None)
    assert versions == [1, 1]
    assert buyer == ("dongguan", None, 1), "whoever ordered under a code is bound to it"
    assert [(step["action"], step["by"], step["side"], step["for_buyer"], step["status"]) for step in history] == [
        ("place", "dongguan", "buyer", False, "placed"),
        ("accept", "officer", "supply", False, "accepted"),
        ("ship", "officer", "supply", False, "shipped"),
        ("receive", "officer", "supply", True, "received"),
    ]
    assert {dt.datetime.fromisoformat(step["at"]) for step in history} == {PLACED}


def two_plans(connection: sa.Connection) -> None:
    insert(
        connection,
        "asset",
        code="A",
        name="茶园",
        asset_class="operating",
        region_code=REGION,
        original_value=1,
        acquired_on=dt.date(2020, 1, 1),
        version=1,
        created_at=PLACED,
        updated_at=PLACED,
    )
    for plan_id, moment, period in ((SECOND, SETTLED, "2026"), (FIRST, PLACED, "2026"), (UUID(int=3), PLACED, "2025")):
        insert(
            connection,
            "distribution",
            id=plan_id,
            asset_code="A",
            region_code=REGION,
            period=period,
            total=1,
            status="draft",
            proposed_at=moment,
            version=1,
            history=[],
        )
        line = {"household_code": "H", "region_code": REGION, "reason": "share", "amount": 1}
        insert(connection, "distribution_line", distribution_id=plan_id, line_no=1, **line)


async def test_a_second_plan_of_an_earlier_release_is_a_further_one(databases: Databases) -> None:
    def read(connection: Any) -> Any:
        rows = connection.execute(
            sa.text(
                "SELECT total, supplementary, updated_at = proposed_at AS same, period FROM distribution ORDER BY id"
            )
        )
        return [(bool(row.supplementary), bool(row.same), row.period) for row in rows]

    found = await after_migrating(databases, ASSETS, two_plans, read)
    assert found == [(False, True, "2026"), (True, True, "2026"), (False, True, "2025")]
