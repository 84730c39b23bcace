"""The change feed: every change, in the order of commits, to whoever may see it, at once to whoever waits."""

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from deploy.local.kafka import KafkaCluster
from shared.bus.embedded import EmbeddedTransport
from shared.bus.kafka import KafkaTransport
from shared.bus.retention import Retention
from shared.contracts.changes import Change, change_of
from shared.db.changes import enter_changes
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.feed.queries import changes_after
from shared.feed.sight import Sight, items_in
from shared.house import House
from shared.ids import new_id
from tests.builders import OTHER_COUNTY_REGION, REGION, published_as, risk_raised, risk_updated
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import (
    BOUND_SECONDS,
    ON_POSTGRESQL,
    ON_SQLITE,
    PROBE,
    emit,
    emit_everything,
    emit_numbered,
    explode,
    until,
)
from tests.mechanism.test_relay import TOPIC, Outage, outbox_is_empty, relaying

PATH = "/probe/v1/changes"
READ = ("probe:read",)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


@pytest.fixture
async def running(open_house: OpenHouse) -> House:
    return await open_house(PROBE, background=True)


@contextlib.asynccontextmanager
async def other_process(house: House) -> AsyncIterator[Database]:
    """The same database as another process has it."""
    database = Database(house.settings.database_url_of(PROBE.name), house.database.resources)
    yield database
    await database.close()


async def read(client: httpx.AsyncClient, after: str | None = None, **more: Any) -> dict[str, Any]:
    asked = {name: value for name, value in {"after": after, **more}.items() if value is not None}
    answer = await client.get(PATH, params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def read_all(client: httpx.AsyncClient, after: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
    """Page by page until nothing comes."""
    items: list[dict[str, Any]] = []
    while True:
        page = await read(client, after)
        after = page["next"]
        if not page["items"]:
            return items, after
        items += page["items"]


def versions(items: Sequence[dict[str, Any]], household: str = "DJ-0001") -> list[int]:
    return [item["data"]["version"] for item in items if item["subject"] == household]


def assert_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["type"]) == (status, f"urn:problem:probe:{code}"), answer.text
    return document


async def entered(house: House, number: int) -> None:
    """Wait until so many changes are in the feed."""

    async def are() -> bool:
        return len(await house.database.read(kept)) >= number

    await until(are)


def kept(reading: Reading) -> list[UUID]:
    table = reading.system_tables.change.c
    return list(reading.connection.scalars(sa.select(table.event_id).order_by(table.seq)))


def in_region(uow: UnitOfWork, region: str, household: str) -> None:
    emit(uow, risk_raised(household_code=household, region_code=region))


async def test_a_change_is_the_event_that_was_published(running: House, client_for: ClientFor) -> None:
    client = client_for(running, scopes=READ)
    assert await read(client) == {"items": [], "next": None}
    await running.database.write(emit_numbered, 1)
    await entered(running, 1)
    page = await read(client)
    [item] = page["items"]
    assert list(item) == ["id", "type", "time", "subject", "region_code", "data"]
    assert (item["type"], item["subject"]) == ("monitoring.risk-raised.v1", "DJ-0001")
    assert item["region_code"] == item["data"]["region_code"] == REGION
    assert dt.datetime.fromisoformat(item["time"]).tzinfo is not None
    again = await read(client, page["next"])
    assert again == {"items": [], "next": page["next"]}


async def test_writers_at_once_are_read_whole_and_in_order_by_one_who_reads_meanwhile(
    running: House, client_for: ClientFor
) -> None:
    client, households, each = client_for(running, scopes=READ), [f"DJ-{number:04d}" for number in range(8)], 15
    seen: list[dict[str, Any]] = []

    async def write(household: str) -> None:
        for version in range(1, each + 1):
            await running.database.write(emit_numbered, 1, version, household)

    async def follow() -> None:
        after = None
        while len(seen) < each * len(households):
            page = await read(client, after, wait=5)
            seen.extend(page["items"])
            after = page["next"]

    async with asyncio.timeout(BOUND_SECONDS):
        await asyncio.gather(follow(), *map(write, households))
    assert len({item["id"] for item in seen}) == len(seen), "nothing came twice"
    for household in households:
        assert versions(seen, household) == list(range(1, each + 1))


async def test_what_was_rolled_back_is_no_change(running: House, client_for: ClientFor) -> None:
    with pytest.raises(RuntimeError):
        await running.database.write(explode)
    await running.database.write(emit_everything, "kept")
    await entered(running, 1)
    items, _ = await read_all(client_for(running, scopes=READ))
    assert [item["subject"] for item in items] == ["kept"]


async def test_a_client_that_was_off_for_a_week_gets_all_of_it_in_order(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=READ)
    await house.database.write(enter_numbered, 3)
    _, after = await read_all(client)
    await house.database.write(enter_numbered, 2500)
    items, after = await read_all(client, after)
    assert versions(items) == list(range(1, 2501))
    assert await read_all(client, after) == ([], after)


def enter_numbered(uow: UnitOfWork, number: int) -> None:
    events = [published_as(risk_raised(version=version)) for version in range(1, number + 1)]
    enter_changes(uow.connection, uow.system_tables.change, events)


async def test_only_the_types_asked_for_come_and_the_cursor_passes_the_others(
    house: House, client_for: ClientFor
) -> None:
    client = client_for(house, scopes=READ)
    events = [published_as(risk_raised()), published_as(risk_updated()), published_as(risk_raised(version=3))]
    await house.database.write(lambda uow: enter_changes(uow.connection, uow.system_tables.change, events))
    raised = await read(client, types="monitoring.risk-raised.v1")
    assert versions(raised["items"]) == [1, 3]
    both = await read(client, types="monitoring.risk-raised.v1,monitoring.risk-updated.v1")
    assert versions(both["items"]) == [1, 2, 3]
    none = await read(client, types="monitoring.risk-cleared.v1")
    assert none["items"] == []
    assert none["next"] == raised["next"]


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"types": "monitoring.risk-imagined.v1"}, "/types"),
        ({"wait": "31"}, "/wait"),
        ({"wait": "-1"}, "/wait"),
        ({"after": "no cursor"}, "/after"),
        ({"after": "WyIvcHJvYmUvdjEvY2hhbmdlcyIsIngiLCJ5Il0"}, "/after"),
        ({"after": "WyIvcHJvYmUvdjEvY2hhbmdlcyIsIjEiLCJ5Il0"}, "/after"),
        ({"after": "WyIvcHJvYmUvdjEvY2hhbmdlcyIsIjEiXQ"}, "/after"),
        ({"after": "WyIvcHJvYmUvdjEvY291bnRlcnMiLCJhIl0"}, "/after"),
        ({"limit": "5"}, "/limit"),
    ],
)
@ON_SQLITE
async def test_what_is_asked_wrongly_is_refused_by_its_name(
    house: House, client_for: ClientFor, asked: dict[str, str], pointer: str
) -> None:
    answer = await client_for(house, scopes=READ).get(PATH, params=asked)
    found = assert_problem(answer, 422, "invalid")
    assert [error["pointer"] for error in found["errors"]] == [pointer]


@ON_SQLITE
async def test_a_client_needs_the_scope_of_reading(house: House, client_for: ClientFor) -> None:
    assert_problem(await client_for(house, scopes=["assets:read"]).get(PATH), 403, "scope-missing")


async def test_a_client_sees_its_regions_and_nothing_else(running: House, client_for: ClientFor) -> None:
    await running.database.write(in_region, REGION, "DJ-0001")
    await running.database.write(in_region, OTHER_COUNTY_REGION, "YJ-0001")
    await entered(running, 2)

    async def seen(region: str) -> list[str]:
        items, after = await read_all(client_for(running, scopes=READ, region=region))
        assert after is not None, "a cursor passes what is not shown"
        return [item["subject"] for item in items]

    assert await seen("520626") == ["DJ-0001"]
    assert await seen("520625") == ["YJ-0001"]
    assert await seen("52") == await seen("*") == ["DJ-0001", "YJ-0001"]
    assert await seen("44") == []


def test_one_by_one_and_by_sql_a_client_sees_the_same() -> None:
    """Every kind of sight over every kind of change."""
    regions = [REGION, OTHER_COUNTY_REGION, "441900001001", "520626002001"]
    changes = [
        Change(new_id(), kind, region, buyer, f"{kind} {region} {buyer}")
        for kind in ("a", "b")
        for region in regions
        for buyer in (None, "dg", "gz")
    ]
    engine = sa.create_engine("sqlite://")
    table = PROBE.system_tables.change
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(table), [change._asdict() for change in changes])
        for seen in ((), ("",), ("52",), ("520626",), (REGION,), ("520625", "44")):
            for buyers in (frozenset[str](), frozenset({"dg"}), frozenset({"dg", "gz"})):
                for everywhere in (frozenset[str](), frozenset({"b"})):
                    for types in (None, frozenset({"a"}), frozenset[str]()):
                        sight = Sight(seen, buyers, everywhere, types)
                        rows = sa.select(table.c.item).where(sight.condition(table.c)).order_by(table.c.seq)
                        assert list(connection.scalars(rows)) == items_in(changes, sight), sight
    engine.dispose()


async def test_a_cursor_whose_change_is_kept_no_longer_is_refused_with_how_to_begin_again(
    house: House, client_for: ClientFor
) -> None:
    client = client_for(house, scopes=READ)
    long_ago = house.database.resources.clock.now() - dt.timedelta(days=31)
    old = [published_as(risk_raised(version=version))._replace(event_id=made_at(long_ago)) for version in (1, 2)]
    await house.database.write(lambda uow: enter_changes(uow.connection, uow.system_tables.change, old))
    everything_read = (await read(client))["next"]
    await Retention("probe", house.database, house.transport, 30).trim()
    assert (await read(client, everything_read))["items"] == [], "the newest stays for whoever stands there"
    await house.database.write(enter_numbered, 1)
    await Retention("probe", house.database, house.transport, 30).trim()
    answer = await client.get(PATH, params={"after": everything_read})
    found = assert_problem(answer, 410, "cursor-expired")
    assert "begin again without `after`" in found["detail"]
    assert versions((await read(client))["items"]) == [1]
    chinese = await client.get(PATH, params={"after": everything_read}, headers={"Accept-Language": "zh-CN"})
    assert chinese.json()["title"] == "该游标之后的变更已不再保留"
    assert chinese.json()["detail"] == "该游标之后的变更已不再保留：请先读取各列表了解现状，再不带 `after` 从头读取变更"


def made_at(moment: dt.datetime) -> UUID:
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | new_id().int >> 68)


async def test_a_cursor_of_a_database_that_was_restored_since_is_refused(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=READ)
    await house.database.write(enter_numbered, 5)
    after = (await read(client))["next"]

    def restored(uow: UnitOfWork) -> None:
        table = uow.system_tables.change
        uow.connection.execute(sa.delete(table).where(table.c.seq > 3))

    await house.database.write(restored)
    assert_problem(await client.get(PATH, params={"after": after}), 410, "cursor-expired")

    def gone_on_otherwise(uow: UnitOfWork) -> None:
        row = {"seq": 5, **change_of(published_as(risk_raised()))._asdict()}
        uow.connection.execute(sa.insert(uow.system_tables.change), [row])

    await house.database.write(gone_on_otherwise)
    assert_problem(await client.get(PATH, params={"after": after}), 410, "cursor-expired")


async def test_who_waits_is_answered_as_soon_as_something_happens(running: House, client_for: ClientFor) -> None:
    client = client_for(running, scopes=READ)
    await running.database.write(emit_numbered, 1)
    await entered(running, 1)
    after = (await read(client))["next"]
    waiting = asyncio.create_task(read(client, after, wait=30))
    await until(lambda: is_waiting(running, 1))
    began = time.monotonic()
    await running.database.write(emit_numbered, 1, 2)
    page = await waiting
    assert time.monotonic() - began < 20, "long before its time is over"
    assert versions(page["items"]) == [2]
    assert await read(client, page["next"]) == {"items": [], "next": page["next"]}


async def wait_for(house: House, number: int) -> None:
    await until(lambda: is_waiting(house, number))


def is_waiting(house: House, number: int) -> bool:
    return house.feed.number_waiting == number


async def test_who_waits_for_nothing_is_answered_when_the_time_is_over_and_has_passed_what_it_does_not_see(
    running: House, client_for: ClientFor
) -> None:
    elsewhere = client_for(running, scopes=READ, region="44")
    waiting = asyncio.create_task(read(elsewhere, wait=2))
    await until(lambda: is_waiting(running, 1))
    await running.database.write(emit_numbered, 1)
    page = await waiting
    assert page["items"] == []
    assert page["next"] == (await read(client_for(running, scopes=READ)))["next"]


async def test_who_waits_is_woken_by_what_another_process_commits(running: House, client_for: ClientFor) -> None:
    waiting = asyncio.create_task(read(client_for(running, scopes=READ), wait=30))
    await until(lambda: is_waiting(running, 1))
    async with other_process(running) as database:
        await database.write(emit_numbered, 1)
        assert versions((await waiting)["items"]) == [1]


async def test_five_hundred_wait_at_once_and_each_gets_what_it_may_see(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(PROBE, background=True)
    clients = [
        client_for(house, scopes=READ, client_id=f"c{number}", region="520626" if number % 2 else "520625")
        for number in range(20)
    ]
    waiting: list[asyncio.Task[dict[str, Any]]] = []
    for client in clients:
        waiting += [asyncio.create_task(read(client, wait=30)) for _ in range(25)]
        await wait_for(house, len(waiting))
    refused = await client_for(house, scopes=READ, client_id="late").get(PATH, params={"wait": 30})
    assert_problem(refused, 503, "too-many-waiting")
    assert refused.headers["retry-after"] == "5"
    assert (await read(clients[0]))["items"] == [], "whoever does not wait is answered"
    await house.database.write(in_region, REGION, "DJ-0001")
    await house.database.write(in_region, OTHER_COUNTY_REGION, "YJ-0001")
    async with asyncio.timeout(BOUND_SECONDS):
        pages = await asyncio.gather(*waiting)
    told = [{item["subject"] for item in page["items"]} for page in pages]
    assert told == [{"DJ-0001"} if number % 2 else {"YJ-0001"} for number in range(20) for _ in range(25)]
    assert is_waiting(house, 0)


@ON_SQLITE
async def test_one_client_does_not_take_the_places_of_all(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=READ, client_id="greedy")
    waiting = [asyncio.create_task(read(client, wait=30)) for _ in range(50)]
    await until(lambda: is_waiting(house, 50))
    assert_problem(await client.get(PATH, params={"wait": 30}), 503, "too-many-waiting")
    other = asyncio.create_task(read(client_for(house, scopes=READ, client_id="other"), wait=30))
    await until(lambda: is_waiting(house, 51))
    house.feed.close()
    assert await asyncio.gather(other, *waiting) == [{"items": [], "next": None}] * 51


async def test_who_waits_is_answered_when_the_process_stops(running: House, client_for: ClientFor) -> None:
    client = client_for(running, scopes=READ)
    waiting = asyncio.create_task(read(client, wait=30))
    await until(lambda: is_waiting(running, 1))
    running.feed.close()
    assert await waiting == {"items": [], "next": None}
    assert await read(client, wait=30) == {"items": [], "next": None}, "and nobody begins to wait"


async def test_who_hangs_up_gives_its_place_back(running: House) -> None:
    answer = await running.database.read(changes_after, None, None, PROBE.seeing)
    gone = asyncio.Event()

    async def hung_up() -> None:
        await gone.wait()

    waiting = asyncio.create_task(running.feed.later("client", answer, 30, hung_up))
    await until(lambda: is_waiting(running, 1))
    gone.set()
    async with asyncio.timeout(BOUND_SECONDS):
        await waiting
    assert is_waiting(running, 0)


@ON_POSTGRESQL
async def test_a_relay_that_dies_before_it_forgets_enters_nothing_twice(
    house: House, bus: EmbeddedTransport, client_for: ClientFor
) -> None:
    client, broken = client_for(house, scopes=READ), Outage(bus)
    await house.database.write(emit_numbered, 4)
    broken.deaf = True
    async with relaying(house.database, broken):
        await entered(house, 4)
    assert not await outbox_is_empty(house), "it died between the feed and the outbox"
    async with relaying(house.database, house.transport):
        await house.database.write(emit_numbered, 2, 5)
        await until(lambda: outbox_is_empty(house))
    items, _ = await read_all(client)
    assert versions(items) == [1, 2, 3, 4, 5, 6]


@ON_POSTGRESQL
async def test_what_was_committed_before_the_relay_died_is_told_by_the_next(
    house: House, client_for: ClientFor
) -> None:
    await house.database.write(emit_numbered, 3)
    assert await house.database.read(kept) == []
    async with relaying(house.database, house.transport):
        await entered(house, 3)
    assert versions((await read(client_for(house, scopes=READ)))["items"]) == [1, 2, 3]


async def test_two_relays_tell_every_change_once_and_in_order(house: House, client_for: ClientFor) -> None:
    async with other_process(house) as database:
        async with relaying(house.database, house.transport), relaying(database, house.transport):
            for version in range(1, 21):
                await house.database.write(emit_numbered, 1, version)
                await database.write(emit_numbered, 1, version, "DJ-0002")
        async with relaying(database, house.transport):
            await entered(house, 40)
            await until(lambda: outbox_is_empty(house))
    items, _ = await read_all(client_for(house, scopes=READ))
    assert len(items) == 40
    assert versions(items) == versions(items, "DJ-0002") == list(range(1, 21))


async def test_while_the_bus_is_away_the_feed_goes_on(
    house: House, bus: EmbeddedTransport, client_for: ClientFor
) -> None:
    client, away = client_for(house, scopes=READ), Outage(bus)
    away.off = True
    async with relaying(house.database, away):
        await house.database.write(emit_numbered, 700)
        await entered(house, 700)
        await house.database.write(emit_numbered, 1, 701)
        await entered(house, 701)
        assert not await outbox_is_empty(house)
        away.off = False
        await until(lambda: outbox_is_empty(house))
    items, _ = await read_all(client)
    assert versions(items) == list(range(1, 702))


@ON_POSTGRESQL
async def test_over_kafka_the_feed_tells_the_same(
    house: House, kafka_cluster: KafkaCluster, client_for: ClientFor
) -> None:
    await kafka_cluster.create_topics([TOPIC], partitions=3)
    transport = KafkaTransport(kafka_cluster.bootstrap, client_id="feed")
    await transport.start()
    async with relaying(house.database, transport):
        waiting = asyncio.create_task(read(client_for(house, scopes=READ), wait=30))
        for version in range(1, 31):
            await house.database.write(emit_numbered, 1, version)
            await house.database.write(emit_numbered, 1, version, "DJ-0002")
        await until(lambda: outbox_is_empty(house))
        assert (await waiting)["items"], "who waited was told"
    await transport.close()
    items, _ = await read_all(client_for(house, scopes=READ))
    assert versions(items) == versions(items, "DJ-0002") == list(range(1, 31))


@ON_POSTGRESQL
async def test_who_enters_waits_for_the_one_before_so_that_no_reader_passes_over_a_change(
    house: House, client_for: ClientFor
) -> None:
    """Two relays may overlap for a moment: the first has its numbers and has not committed."""
    client = client_for(house, scopes=READ)
    first, second = published_as(risk_raised()), published_as(risk_updated())
    loop, has_number, may_commit = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def slowly(uow: UnitOfWork) -> None:
        enter_changes(uow.connection, uow.system_tables.change, [first])
        loop.call_soon(has_number.set)
        sa.util.await_only(may_commit.wait())

    slow = asyncio.create_task(house.database.write(slowly))
    await has_number.wait()
    table = house.database.resources.system_tables.change
    quick = asyncio.create_task(house.database.write(lambda uow: enter_changes(uow.connection, table, [second])))
    done, _ = await asyncio.wait([quick], timeout=0.3)
    assert (done, (await read(client))["items"]) == (set(), [])
    may_commit.set()
    await asyncio.gather(slow, quick)
    assert versions((await read(client))["items"]) == [1, 2]
