"""What an earlier release has stored is there after the migrations, with sensible values for what is new."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from services.assets.app import ASSETS
from services.assistance.app import ASSISTANCE
from services.consumption.app import CONSUMPTION
from services.consumption.models import (
    PROCEDURE_STEP,
    Delivery,
    DeliveryCredit,
    DeliveryKept,
    DeliveryLine,
    OrderShare,
    ValueEntry,
)
from services.employment.app import EMPLOYMENT
from shared.db.base import UtcDateTime, table_of
from shared.db.migrate import alembic_config
from shared.house import HouseDefinition
from shared.ids import derived_id
from shared.words.said import says
from tests.builders import REGION
from tests.databases import Databases
from tests.keyrings import vault_in

PLACED, SETTLED = (dt.datetime(2026, 10, day, 2, tzinfo=dt.UTC) for day in (1, 20))
FIRST, SECOND = UUID(int=1), UUID(int=2)


async def after_migrating(
    databases: Databases,
    house: HouseDefinition,
    write: Callable[[sa.Connection], None],
    read: Callable[[Any], Any],
    *,
    release: str = "0003",
) -> Any:
    """What is read from a database in which an earlier release has written, once all migrations have run.

    They run twice, and back between: what is read is the same both times.
    """
    await databases.make(house)
    url = databases.url.format(house=house.name).replace("sqlite:", "sqlite+aiosqlite:")
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"), poolclass=sa.NullPool)

    def run(connection: sa.Connection, folder: Path) -> Any:
        vault = vault_in(folder)
        config = alembic_config(house.migrations, connection, house.metadata, vault)
        command.downgrade(config, release)
        write(connection)
        command.upgrade(config, "head")
        first = read(connection)
        command.downgrade(config, release)
        command.upgrade(config, "head")
        assert read(connection) == first
        return first

    with TemporaryDirectory() as folder:
        async with engine.begin() as connection:
            found = await connection.run_sync(run, Path(folder))
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


def steps_of(connection: sa.Connection, kind: str) -> Sequence[sa.Row[Any]]:
    """The steps of all things of one kind, in their order."""
    mine = PROCEDURE_STEP.c.thing_kind == kind
    return connection.execute(sa.select(PROCEDURE_STEP).where(mine).order_by(PROCEDURE_STEP.c.step_no)).all()


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
        versions = [
            connection.scalar(sa.text(f"SELECT version FROM {table}"))
            for table in ("producer", "product", "purchase_order")
        ]
        bound = "SELECT client_id, bound_in, version FROM buyer JOIN buyer_client ON buyer_code = code"
        buyer = connection.execute(sa.text(bound)).one()
        return tuple(line), steps_of(connection, "order"), versions, tuple(buyer)

    line, steps, versions, buyer = await after_migrating(databases, CONSUMPTION, an_order, read)
    assert line == ("绿茶", "kg", None)
    assert versions == [1, 1, 4]
    assert buyer == ("dongguan", None, 1), "whoever ordered under a code is bound to it"
    buyer_side, supply_side = "consumption:order", "consumption:approve"
    assert [(step.action, step.taken_by, step.side, step.stands_in, step.status) for step in steps] == [
        ("place", "dongguan", buyer_side, False, "placed"),
        ("accept", "officer", supply_side, False, "accepted"),
        ("ship", "officer", supply_side, False, "shipped"),
        ("receive", "officer", supply_side, True, "received"),
    ]
    assert {step.at for step in steps} == {PLACED}


def two_settled_lines(connection: sa.Connection) -> None:
    """19.5 of 20 kilograms came and are settled: 60.94 to one household, 97.50 to another, 85.31 kept."""
    an_order(connection)
    settled = {"status": "settled", "settled_on": SETTLED.date()}
    orders = sa.table("purchase_order", sa.column("status"), sa.column("settled_on"))
    connection.execute(sa.update(orders).values(settled))
    lines = sa.table("order_line", sa.column("received"), sa.column("producer_amount"))
    connection.execute(sa.update(lines).values(received=19_500, producer_amount=8531))
    for code, branch, share, amount in (("H1", "operating", 2500, 6094), ("H2", "wage", 4000, 9750)):
        share_of_line = {"order_id": FIRST, "line_no": 1, "household_code": code, "branch": branch}
        insert(connection, "line_share", **share_of_line, share=share, amount=amount)


async def test_a_settled_order_of_an_earlier_release_came_with_one_delivery(databases: Databases) -> None:
    def read(connection: Any) -> Any:
        [delivery] = connection.execute(sa.select(table_of(Delivery))).all()
        [line] = connection.execute(sa.select(table_of(DeliveryLine))).all()
        credits_ = connection.execute(sa.select(table_of(DeliveryCredit)).order_by("household_code")).all()
        [kept] = connection.execute(sa.select(table_of(DeliveryKept))).all()
        [entry] = connection.execute(sa.select(table_of(ValueEntry))).all()
        shares = connection.execute(sa.select(table_of(OrderShare)).order_by("link_no")).all()
        return delivery, line, credits_, kept, entry, shares

    delivery, line, credits_, kept, entry, shares = await after_migrating(
        databases, CONSUMPTION, two_settled_lines, read, release="0008"
    )
    assert (delivery.delivery_no, delivery.status, delivery.received_on) == ("1", "settled", SETTLED.date())
    assert (line.quantity, line.received, line.settled_value, line.settled_on) == (
        20_000,
        19_500,
        24375,
        SETTLED.date(),
    )
    assert [(credit.household_code, credit.branch, credit.amount) for credit in credits_] == [
        ("H1", "operating", 6094),
        ("H2", "wage", 9750),
    ]
    assert credits_[0].credit_id == derived_id("credit", str(FIRST), 1, "H1", "operating"), "as it was told"
    assert (kept.producer_code, kept.amount) == ("COOP", 8531)
    assert (entry.buyer_code, entry.entered_on, entry.amount) == ("DG-1", SETTLED.date(), 24375)
    assert [(share.giver_code, share.household_code, share.share) for share in shares] == [
        ("COOP", "H1", 2500),
        ("COOP", "H2", 4000),
    ]


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


def a_task(connection: sa.Connection) -> None:
    told = {"by": "system", "note": "orange: below_line", "verdict": None}
    insert(
        connection,
        "task",
        id=FIRST,
        household_code="H",
        region_code=REGION,
        kind="below_line",
        episode=1,
        risk_id=SECOND,
        grade="orange",
        status="verified",
        taken_up=True,
        verdict="confirmed",
        opened_at=PLACED,
        due_provisional=False,
        risk_status="open",
        risk_version=1,
        decided_on=PLACED.date(),
        version=3,
        correlation_id="c",
        history=[
            {"at": PLACED.isoformat(), "action": "opened", "status": "open", **told, "clue": {"type": "income"}},
            {"at": PLACED.isoformat(), "action": "accept", "status": "accepted", **told, "by": "officer", "note": None},
            {"at": SETTLED.isoformat(), "action": "verify", "status": "verified", **told, "verdict": "confirmed"},
        ],
    )


async def test_the_history_of_a_task_of_an_earlier_release_is_its_steps(databases: Databases) -> None:
    steps = await after_migrating(
        databases, ASSISTANCE, a_task, lambda connection: steps_of(connection, "task"), release="0007"
    )
    assert [(step.thing_id, step.step_no, step.at, step.action, step.taken_by, step.status) for step in steps] == [
        (FIRST, 1, PLACED, "opened", "system", "open"),
        (FIRST, 2, PLACED, "accept", "officer", "accepted"),
        (FIRST, 3, SETTLED, "verify", "system", "verified"),
    ]
    assert [step.details for step in steps] == [
        {"verdict": None, "clue": {"type": "income"}},
        {"verdict": None},
        {"verdict": "confirmed"},
    ]
    assert [step.note for step in steps] == ["orange: below_line", None, "orange: below_line"]


async def test_what_the_machine_noted_as_data_is_text_where_an_earlier_release_runs_again(databases: Databases) -> None:
    def note(connection: sa.Connection) -> list[str | None]:
        mine = (PROCEDURE_STEP.c.thing_id == FIRST) & (PROCEDURE_STEP.c.step_no == 1)
        said = {"verdict": None, "said": says("was-due-on", due_on=PLACED.date()).as_document()}
        connection.execute(sa.update(PROCEDURE_STEP).where(mine).values(note=None, details=said))
        config = alembic_config(ASSISTANCE.migrations, connection, ASSISTANCE.metadata)
        command.downgrade(config, "0009")
        history: Any = connection.scalar(sa.select(sa.table("task", sa.column("history", sa.JSON())).c.history))
        command.upgrade(config, "head")
        return [history[0]["note"], history[0].get("said"), *(step.note for step in steps_of(connection, "task")[:1])]

    text = "was due on 2026-10-01"
    assert await after_migrating(databases, ASSISTANCE, a_task, note, release="0007") == [text, None, text]


def a_plan_on_show(connection: sa.Connection) -> None:
    two_plans(connection)
    on = PLACED.date().isoformat()
    vote = {"at": PLACED.isoformat(), "action": "vote", "on": on, "by": "village", "status": "voted", "note": "赞成"}
    table = sa.table("distribution", sa.column("id", sa.Uuid()), sa.column("history", sa.JSON()), sa.column("version"))
    connection.execute(sa.update(table).where(table.c.id == FIRST).values(history=[vote], version=2))


async def test_the_steps_of_a_distribution_of_an_earlier_release_keep_their_days(databases: Databases) -> None:
    [vote] = await after_migrating(
        databases, ASSETS, a_plan_on_show, lambda connection: steps_of(connection, "distribution")
    )
    assert (vote.thing_id, vote.action, vote.taken_on, vote.taken_by) == (FIRST, "vote", PLACED.date(), "village")
    assert (vote.status, vote.note, vote.side, vote.details) == ("voted", "赞成", None, None)


def a_placement(connection: sa.Connection) -> None:
    day, end = PLACED.date(), SETTLED.date()
    person = {"household_code": "H", "region_code": REGION, "member_no": 1}
    whole = {"sex": "M", "birth_year": 1980, "labour": "ordinary", "student": False, "present": True, "active": True}
    insert(connection, "worker", id=SECOND, **person, **whole, status="idle", version=1)
    work = {"employer": "厂", "kind": "market", "place_code": "441900", "occupation": "装配", "headcount": 1}
    terms = {"wage_month": 1, "min_age": 16, "max_age": 60, "needs": [], "valid_until": end, "version": 1}
    insert(connection, "vacancy", code="V", **work, **terms, updated_at=PLACED)
    days = {"departed_on": None, "started_on": day, "ended_on": end, "end_reason": "illness"}
    placed = {"worker_id": SECOND, "household_code": "H", "vacancy_code": "V", "status": "ended", "version": 3}
    insert(connection, "placement", id=FIRST, **placed, placed_at=PLACED, updated_at=SETTLED, **days)
    taken = (("placed", "placed", "station"), ("start", "started", "station"), ("end", "ended", "monitoring"))
    for number, (action, status, actor) in enumerate(taken, 1):
        row = {"action": f"placement.{action}", "subject": str(FIRST), "after": {"status": status, "version": number}}
        insert(connection, "audit", seq=number, at=PLACED, actor=actor, correlation_id="c", **row)


async def test_a_placement_of_an_earlier_release_has_the_history_that_its_audit_tells(databases: Databases) -> None:
    steps = await after_migrating(
        databases, EMPLOYMENT, a_placement, lambda connection: steps_of(connection, "placement"), release="0005"
    )
    assert [(step.step_no, step.action, step.taken_by, step.status, step.taken_on) for step in steps] == [
        (1, "place", "station", "placed", None),
        (2, "start", "station", "started", PLACED.date()),
        (3, "end", "monitoring", "ended", SETTLED.date()),
    ]
    assert [step.details for step in steps] == [{"reason": None}, {"reason": None}, {"reason": "illness"}]
