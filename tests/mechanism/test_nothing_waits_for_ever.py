"""A row that somebody holds, a process that hangs, a connection that goes silent: the others go on within seconds."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable

import httpx
import pytest
import sqlalchemy as sa

from shared.connections import Limits
from shared.db.database import Database
from shared.db.trouble import Busy, DatabaseUnreachable
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.db.write_lane import WriteLane
from shared.house import House
from shared.settings import Settings
from tests.builders import HOUSEHOLD, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring, statuses
from tests.mechanism.bad_networks import Forwarder, forwarding, holding
from tests.mechanism.probe import BOUND_SECONDS, ON_POSTGRESQL, PROBE, count_up, counters, emit_numbered, until
from tests.mechanism.test_relay import outbox_is_empty, relaying
from tests.problems import problem

pytestmark = ON_POSTGRESQL
HELD = "SELECT 1 FROM household WHERE code = 'DJ-0001' FOR UPDATE"
OTHER = "DJ-0002"
BRIEF = Limits(lock_seconds=0.5, idle_seconds=1.0, command_seconds=1.0, silence_seconds=4.0, lease_seconds=2.0)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The time limits a house has of itself."""
    fields = Settings.model_fields
    limits = [name for name in fields if name.startswith("database_") and name.endswith("_seconds")]
    return settings.model_copy(update={name: fields[name].default for name in limits})


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    for code in (HOUSEHOLD, OTHER):
        await found.put(code=code)
    return found


@pytest.fixture
async def forwarder(house: House) -> AsyncIterator[Forwarder]:
    assert house.database.url.port is not None
    async with forwarding(house.database.url.port) as found:
        yield found


@pytest.fixture
async def database(house: House, forwarder: Forwarder) -> AsyncIterator[Database]:
    """The house's database behind the forwarder, by a process of little patience."""
    url = house.database.url.set(port=forwarder.port).render_as_string(hide_password=False)
    found = Database(url, house.database.resources, BRIEF)
    yield found
    await found.close()


def wage(code: str, number: int) -> dict[str, object]:
    return income_fact("2026-09", "1000.00", household_code=code) | {"source_ref": f"{code}-{number}"}


async def timed(answer: Awaitable[httpx.Response]) -> tuple[httpx.Response, float]:
    begun = time.monotonic()
    return await answer, time.monotonic() - begun


def session_settings(reading: Reading) -> dict[str, str]:
    rows = reading.connection.exec_driver_sql(
        "SELECT name, setting FROM pg_settings WHERE name IN ('lock_timeout', 'idle_in_transaction_session_timeout',"
        " 'tcp_user_timeout', 'tcp_keepalives_idle', 'idle_session_timeout')"
    )
    return {row.name: row.setting for row in rows}


async def test_every_connection_has_its_time_limits(house: House) -> None:
    expected = {
        "lock_timeout": "2000",
        "idle_in_transaction_session_timeout": "12000",
        "tcp_user_timeout": "10000",
        "tcp_keepalives_idle": "2",
        "idle_session_timeout": "0",
    }
    assert await house.database.read(session_settings) == expected
    assert await house.database.write(session_settings) == expected


async def test_a_held_row_is_refused_after_two_seconds_with_the_time_to_try_again(
    house: House, client_for: ClientFor
) -> None:
    client = client_for(house)
    assert (await client.post("/probe/v1/counters", json={"name": "x"})).status_code == 201
    async with holding(house, "SELECT 1 FROM counter WHERE name = 'x' FOR UPDATE"):
        begun = time.monotonic()
        answer = await client.post("/probe/v1/counters", json={"name": "x"})
        assert 1.5 < time.monotonic() - begun < 6
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:problem:probe:busy")
    assert answer.headers["retry-after"] == "1"
    assert (await client.post("/probe/v1/counters", json={"name": "x"})).json()["value"] == 2


async def test_facts_of_a_held_household_are_refused_and_all_others_are_stored_at_once(monitoring: Monitoring) -> None:
    async with holding(monitoring.house, HELD):
        held = [
            asyncio.create_task(timed(asyncio.ensure_future(monitoring.post(wage(HOUSEHOLD, n))))) for n in range(20)
        ]
        await asyncio.sleep(0)
        free = [await timed(monitoring.post(wage(OTHER, number))) for number in range(5)]
        refused = await asyncio.gather(*held)
    assert [answer.status_code for answer, _ in free] == [201] * 5
    assert max(seconds for _, seconds in free) < 1.5, "nobody waits for a lock that is not for them"
    assert all(problem(answer) == (503, "household-busy", []) for answer, _ in refused)
    assert all(answer.headers["retry-after"] == "1" for answer, _ in refused)
    assert max(seconds for _, seconds in refused) < 6
    assert (await monitoring.post(wage(HOUSEHOLD, 1))).status_code == 201, "refused, not stored"


async def test_a_household_that_is_held_for_a_moment_is_waited_for(monitoring: Monitoring) -> None:
    async with holding(monitoring.house, HELD):
        posted = asyncio.create_task(monitoring.post(wage(HOUSEHOLD, 1)))
        await asyncio.sleep(0.4)
        assert not posted.done()
    assert (await posted).status_code == 201


async def test_a_household_that_nobody_knows_is_not_found_while_another_is_held(monitoring: Monitoring) -> None:
    async with holding(monitoring.house, HELD):
        held, unknown = await asyncio.gather(monitoring.post(wage(HOUSEHOLD, 1)), monitoring.post(wage("NOBODY", 1)))
    assert problem(held) == (503, "household-busy", [])
    assert problem(unknown) == (404, "household-not-found", [])


async def test_a_held_household_outside_the_callers_region_is_not_told(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    neighbour = Monitoring(monitoring.house, client_for(monitoring.house, region="520625", client_id="neighbour"))
    async with holding(monitoring.house, HELD):
        assert problem(await neighbour.post(wage(HOUSEHOLD, 1))) == (404, "household-not-found", [])


async def test_a_batch_leaves_the_held_household_out_and_stores_the_rest(monitoring: Monitoring) -> None:
    facts = [wage(HOUSEHOLD, 1), wage(OTHER, 1), wage(OTHER, 2)]
    async with holding(monitoring.house, HELD):
        answer = await monitoring.post({"facts": facts})
    assert statuses(answer) == [503, 201, 201]
    assert answer.json()["items"][0]["problem"]["type"] == "urn:problem:monitoring:household-busy"
    assert statuses(await monitoring.post({"facts": facts})) == [201, 200, 200]


async def test_a_batch_of_all_or_nothing_and_one_with_a_key_are_refused_whole(monitoring: Monitoring) -> None:
    facts = [wage(HOUSEHOLD, 1), wage(OTHER, 1)]
    async with holding(monitoring.house, HELD):
        atomic = await monitoring.post({"facts": facts, "atomic": True})
        keyed = await monitoring.post({"facts": facts}, key="k")
    assert [answer.status_code for answer in (atomic, keyed)] == [503, 503]
    assert statuses(await monitoring.post({"facts": facts}, key="k")) == [201, 201], "the key keeps no excuse"


async def test_a_command_that_cannot_leave_out_is_tried_one_by_one_and_nobody_waits_two_seconds_for_each(
    house: House,
) -> None:
    def count_each(uow: UnitOfWork, names: list[str]) -> list[int]:
        return [count_up(uow, name) for name in names]

    await house.database.write(count_up, "held")
    lane = WriteLane[str, int](house.database, count_each)  # type: ignore[arg-type]
    async with holding(house, "SELECT 1 FROM counter WHERE name = 'held' FOR UPDATE"):
        begun = time.monotonic()
        names = ["held"] * 10 + ["free"]
        answers = await asyncio.gather(*(lane.submit(name) for name in names), return_exceptions=True)
        seconds = time.monotonic() - begun
    assert [type(answer) for answer in answers] == [Busy] * 10 + [int]
    assert seconds < 6


async def test_a_process_that_hangs_with_a_moment_of_change_holds_up_nobody_for_as_long_as_they_wait(
    monitoring: Monitoring,
) -> None:
    stamped, attempts = asyncio.Event(), 0

    def hang(uow: UnitOfWork) -> None:
        nonlocal attempts
        attempts += 1
        uow.stamp()
        stamped.set()
        sa.util.await_only(asyncio.sleep(BOUND_SECONDS / 4 if attempts == 1 else 0))
        uow.audit("hung", "x")

    hanging = asyncio.create_task(monitoring.house.database.write(hang))
    await stamped.wait()
    answer, seconds = await timed(monitoring.post(wage(OTHER, 1)))
    assert answer.status_code == 201, answer.text
    assert seconds < 4
    async with asyncio.timeout(BOUND_SECONDS):
        await hanging
    assert attempts == 2, "its transaction did nothing and ran again"


async def test_a_transaction_that_does_nothing_is_ended_and_its_rows_are_free(house: House) -> None:
    """What a stopped process looks like to the database."""
    hasty = Database(house.database.url.render_as_string(hide_password=False), house.database.resources, BRIEF)
    await house.database.write(count_up, "x")
    held = asyncio.Event()
    attempts = 0

    def hang(uow: UnitOfWork) -> None:
        nonlocal attempts
        attempts += 1
        count_up(uow, "x")
        uow.session.flush()
        held.set()
        sa.util.await_only(asyncio.sleep(2.5 if attempts == 1 else 0))
        count_up(uow, "y")
        uow.session.flush()

    hanging = asyncio.create_task(hasty.write(hang))
    await held.wait()
    async with asyncio.timeout(BOUND_SECONDS):
        assert await house.database.write(count_up, "x") == 2, "the session of the one that hangs was ended"
        await hanging
    assert attempts == 2, "its transaction did nothing and ran again"
    assert await house.database.read(counters) == {"x": 3, "y": 1}
    await hasty.close()


async def test_connections_that_go_silent_are_given_up_and_replaced(database: Database, forwarder: Forwarder) -> None:
    await asyncio.gather(*(database.read(counters) for _ in range(4)))
    await asyncio.gather(*(database.write(count_up, name) for name in "abcd"))
    assert forwarder.fall_silent() >= 8
    begun = time.monotonic()
    async with asyncio.timeout(BOUND_SECONDS):
        asked = await asyncio.gather(
            *(database.write(count_up, name) for name in "abcd"),
            *(database.read(counters) for _ in range(4)),
            return_exceptions=True,
        )
        assert {type(answer).__mro__[1] for answer in asked if isinstance(answer, BaseException)} <= {
            DatabaseUnreachable
        }
        written = await asyncio.gather(*(database.write(count_up, name) for name in "efgh"))
    assert written == [1] * 4
    assert time.monotonic() - begun < 10


async def test_a_relay_whose_connection_goes_silent_goes_on(
    house: House, database: Database, forwarder: Forwarder
) -> None:
    async with relaying(database, house.transport) as relay:
        await until(lambda: relay.active)
        forwarder.fall_silent()
        await house.database.write(emit_numbered, 3)
        async with asyncio.timeout(12):
            await until(lambda: outbox_is_empty(house))


async def test_readiness_answers_while_the_database_does_not(
    house: House, client_for: ClientFor, database: Database, forwarder: Forwarder, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(house)
    monkeypatch.setattr(house, "database", database)
    assert (await client.get("/readyz")).status_code == 200
    forwarder.fall_silent()
    answers = []
    for _ in range(3):
        begun = time.monotonic()
        answers.append(await client.get("/readyz"))
        assert time.monotonic() - begun < 2
    silent = [answer.json()["not_ready"]["probe"] for answer in answers if answer.status_code == 503]
    assert {reason for reasons in silent for reason in reasons if "did not answer in time" not in reason} == set()
    assert silent, "it is told"
    await until_ready(client)


async def until_ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(BOUND_SECONDS):
        while (await client.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.05)
