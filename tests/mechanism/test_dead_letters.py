"""What operations can do with records that could not be applied."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.util import await_only

from services.houses import HOUSES
from shared.bus.consumer import Consumer
from shared.bus.inbox import stored_positions
from shared.contracts.catalogue import topic_of
from shared.contracts.envelope import EncodedEvent
from shared.house import House, HouseDefinition
from tests.builders import audit_rows, deliver, published_as, risk_raised, waiting_events
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import (
    ON_POSTGRESQL,
    PROBE,
    Counter,
    Handling,
    counters,
    effects,
    reader_of,
    record_of,
    rows_of,
    until,
)

LETTERS = "/probe/v1/dead-letters"


@pytest.fixture
def handling() -> Handling:
    return Handling()


@pytest.fixture
async def house(open_house: OpenHouse, handling: Handling, monkeypatch: pytest.MonkeyPatch) -> House:
    house = await open_house(PROBE)
    monkeypatch.setattr(house, "consumer", reader_of(house, handling))
    return house


async def hand_over(house: House, events: Sequence[EncodedEvent]) -> None:
    """Let the house's reader take these from the bus to their end."""
    await house.transport.publish(events)
    task = asyncio.create_task(house.consumer.run())
    await until(lambda: everything_settled(house))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def everything_settled(house: House) -> bool:
    subscription = house.transport.subscribe("probe", ["monitoring.events"])
    await subscription.start(await house.database.read(stored_positions))
    behind = (await subscription.lag()).records
    await subscription.stop()
    return behind == 0


def raised(*versions: int, household: str = "DJ-0001") -> list[EncodedEvent]:
    return [published_as(risk_raised(version=version, household_code=household)) for version in versions]


async def listed(client: Any) -> list[dict[str, Any]]:
    answer = await client.get(LETTERS)
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def replay(client: Any, *ids: str, dry_run: bool = False) -> list[tuple[str, str]]:
    answer = await client.post(f"{LETTERS}/replay", json={"ids": ids, "dry_run": dry_run})
    assert answer.status_code == 200
    assert answer.json()["dry_run"] is dry_run
    return [(item["id"], item["outcome"]) for item in answer.json()["items"]]


async def test_the_list_says_what_happened_and_hides_what_is_personal(
    house: House, handling: Handling, client_for: ClientFor
) -> None:
    handling.poison = {1}
    await hand_over(house, raised(1, 2))
    dead, parked = await listed(client_for(house))
    assert (dead["state"], parked["state"]) == ("dead", "parked")
    assert dead["error"].startswith("ValueError: version 1")
    assert "522226198005010019" not in dead["error"]
    assert "13812345678" not in dead["error"]
    assert "5222**************" in dead["error"]
    assert {"value", "headers"} & set(dead) == set(), "a value may hold what only the reader may know"


async def test_an_error_text_is_capped(house: House, client_for: ClientFor) -> None:
    def fail(uow: Any, events: Any) -> None:
        raise ValueError("x" * 10_000)

    house.consumer = Consumer("assistance", house.database, house.transport, {"monitoring.risk-raised.v1": fail})
    await hand_over(house, raised(1))
    [letter] = await listed(client_for(house))
    assert len(letter["error"]) <= 500


async def test_the_list_comes_in_pages(house: House, handling: Handling, client_for: ClientFor) -> None:
    handling.poison = {1}
    await hand_over(house, [event for n in range(5) for event in raised(1, household=f"DJ-{n}")])
    client = client_for(house)
    first = (await client.get(LETTERS, params={"limit": 3})).json()
    rest = (await client.get(LETTERS, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["key"] for item in first["items"] + rest["items"]] == [f"DJ-{n}" for n in range(5)]
    assert rest["next_cursor"] is None
    broken = await client.get(LETTERS, params={"cursor": "WyJhIl0"})
    assert (broken.status_code, broken.json()["type"]) == (422, "urn:problem:probe:invalid")


async def test_a_dry_run_tells_and_changes_nothing(house: House, handling: Handling, client_for: ClientFor) -> None:
    handling.poison = {1}
    await hand_over(house, raised(1, 2))
    client = client_for(house)
    before = await house.database.read(rows_of, "dead_letter")
    dead = str(before[0]["id"])
    assert await replay(client, dead, dry_run=True) == [(dead, "failed")]
    handling.poison = set()
    assert await replay(client, dead, dry_run=True) == [(dead, "would_apply")]
    assert await house.database.read(rows_of, "dead_letter") == before
    assert await house.database.read(effects) == []
    assert await waiting_events(house) == []
    assert await audit_rows(house) == []


async def test_a_dry_run_is_what_happens_when_nothing_is_said(
    house: House, handling: Handling, client_for: ClientFor
) -> None:
    handling.poison = {1}
    await hand_over(house, raised(1))
    handling.poison = set()
    client = client_for(house)
    [dead] = await listed(client)
    answer = await client.post(f"{LETTERS}/replay", json={"ids": [dead["id"]]})
    assert answer.json() == {"dry_run": True, "items": [{"id": dead["id"], "outcome": "would_apply", "error": None}]}
    assert len(await listed(client)) == 1


async def test_a_replay_that_fails_again_counts_the_attempt_and_keeps_the_letter(
    house: House, handling: Handling, client_for: ClientFor
) -> None:
    handling.poison = {1}
    await hand_over(house, raised(1, 2))
    client = client_for(house)
    dead = (await listed(client))[0]["id"]
    assert await replay(client, dead) == [(dead, "failed")]
    after = await listed(client)
    assert [(letter["state"], letter["attempts"]) for letter in after] == [("dead", 2), ("parked", 1)]
    assert [row["after"] for row in await audit_rows(house)] == [{"outcome": "failed"}]


async def test_a_replay_is_applied_once_and_audited(house: House, handling: Handling, client_for: ClientFor) -> None:
    handling.poison = {1}
    await hand_over(house, raised(1, 2))
    handling.poison = set()
    client = client_for(house, client_id="on-duty")
    dead, parked = [letter["id"] for letter in await listed(client)]
    assert await replay(client, dead, parked) == [(dead, "applied"), (parked, "applied")]
    assert await house.database.read(effects) == [("DJ-0001", 1), ("DJ-0001", 2)]
    assert await listed(client) == []
    assert await replay(client, dead) == [(dead, "not_found")]
    audited = await audit_rows(house)
    assert {(row["actor"], row["action"]) for row in audited} == {("on-duty", "dead-letter.replayed")}
    assert audited[0]["subject"] == dead


async def test_a_parked_letter_cannot_overtake_the_dead_one_before_it(
    house: House, handling: Handling, client_for: ClientFor
) -> None:
    handling.poison = {1}
    await hand_over(house, raised(1, 2, 3))
    client = client_for(house)
    dead, second, third = [letter["id"] for letter in await listed(client)]
    assert await replay(client, third, second) == [(second, "failed"), (third, "failed")]
    assert await house.database.read(effects) == []
    handling.poison = set()
    assert await replay(client, dead) == [(dead, "applied")]
    assert await house.database.read(effects) == [("DJ-0001", n) for n in (1, 2, 3)]


async def test_a_parked_letter_that_fails_is_the_next_dead_one(
    house: House, handling: Handling, client_for: ClientFor
) -> None:
    handling.poison = {1, 3}
    await hand_over(house, raised(1, 2, 3, 4))
    client = client_for(house)
    handling.poison = {3}
    dead = (await listed(client))[0]["id"]
    assert await replay(client, dead) == [(dead, "applied")]
    assert await house.database.read(effects) == [("DJ-0001", 1), ("DJ-0001", 2)]
    assert [letter["state"] for letter in await listed(client)] == ["dead", "parked"]


async def test_dropping_gives_one_up_and_lets_the_others_go_on(
    house: House, handling: Handling, client_for: ClientFor
) -> None:
    handling.poison = {1}
    await hand_over(house, raised(1, 2, 3))
    client = client_for(house, client_id="on-duty")
    dead = (await listed(client))[0]["id"]
    assert (await client.delete(f"{LETTERS}/{dead}")).status_code == 204
    assert await house.database.read(effects) == [("DJ-0001", 2), ("DJ-0001", 3)]
    assert await listed(client) == []
    [audited] = await audit_rows(house)
    assert (audited["actor"], audited["action"], audited["subject"]) == ("on-duty", "dead-letter.dropped", dead)
    assert (await client.delete(f"{LETTERS}/{dead}")).json()["type"] == "urn:problem:probe:dead-letter-not-found"


async def test_of_several_who_drop_a_letter_at_once_one_does(
    house: House, handling: Handling, client_for: ClientFor
) -> None:
    handling.poison = {1}
    await hand_over(house, raised(1, 2))
    client = client_for(house)
    dead = (await listed(client))[0]["id"]
    answers = await asyncio.gather(*(client.delete(f"{LETTERS}/{dead}") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [204, *[404] * 4]
    assert await house.database.read(effects) == [("DJ-0001", 2)]
    assert [row["action"] for row in await audit_rows(house)] == ["dead-letter.dropped"]


@pytest.mark.parametrize("definition", HOUSES, ids=lambda definition: definition.name)
async def test_in_every_house_a_letter_can_be_dropped(
    open_house: OpenHouse, client_for: ClientFor, definition: HouseDefinition
) -> None:
    house = await open_house(definition)
    [event], heard = raised(1), next(iter(definition.handlers))
    strange = {**event.headers, "ce_type": heard, "ce_source": "/services/nobody"}
    await deliver(house, event._replace(topic=topic_of(heard.partition(".")[0]), headers=strange))
    client, letters = client_for(house), f"/{house.name}/v1/dead-letters"
    [letter] = (await client.get(letters)).json()["items"]
    assert letter["state"] == "foreign"
    assert (await client.delete(f"{letters}/{letter['id']}")).status_code == 204
    assert (await client.get(letters)).json()["items"] == []
    assert (await client.delete(f"{letters}/{letter['id']}")).status_code == 404
    [audited] = [row for row in await audit_rows(house) if row["subject"] == letter["id"]]
    assert audited["action"] == "dead-letter.dropped"


async def test_what_is_not_there_is_told(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    nowhere = str(uuid4())
    gone = await client.delete(f"{LETTERS}/{nowhere}")
    assert (gone.status_code, gone.json()["type"]) == (404, "urn:problem:probe:dead-letter-not-found")
    assert await replay(client, nowhere) == [(nowhere, "not_found")]
    assert (await client.delete(f"{LETTERS}/not-an-id")).status_code == 404
    mistaken = await client.delete(f"{LETTERS}/replay")
    assert (mistaken.status_code, mistaken.headers["allow"]) == (405, "POST")
    for sure in (0, "false", None):
        unsure = await client.post(f"{LETTERS}/replay", json={"ids": [nowhere], "dry_run": sure})
        assert (unsure.status_code, unsure.json()["errors"][0]["pointer"]) == (422, "/dry_run"), "never a real replay"
    assert (await client.post(f"{LETTERS}/replay", json={"ids": []})).status_code == 422


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", "/replay"), ("DELETE", "/4ef0c198-9d33-450d-b34a-d061f4cf996b")]
)
async def test_only_operations_may(house: House, client_for: ClientFor, method: str, path: str) -> None:
    client = client_for(house, scopes=["monitoring:read", "monitoring:write", "monitoring:approve"])
    answer = await client.request(method, LETTERS + path, json={"ids": [str(uuid4())]} if path == "/replay" else None)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:problem:probe:scope-missing")


@ON_POSTGRESQL
async def test_what_is_parked_while_its_key_is_released_does_not_stay_behind(
    house: House, handling: Handling, client_for: ClientFor
) -> None:
    """The reader parks a record in one transaction while a replay in another releases its key."""
    handling.poison = {1}
    await hand_over(house, raised(1))
    handling.poison = set()
    client = client_for(house)
    dead = (await listed(client))[0]["id"]
    parked, replayed = asyncio.Event(), asyncio.Event()
    apply_records = house.consumer._apply_records

    def park_and_wait(uow: Any, records: Any) -> Any:
        done = apply_records(uow, records)
        parked.set()
        await_only(wait_until_the_replay_waits_too(house, replayed))
        return done

    late = record_of(raised(2)[0], offset=10_000)
    reading = asyncio.create_task(house.database.write(park_and_wait, [late]))
    await parked.wait()
    replaying = asyncio.create_task(replay(client, dead))
    replaying.add_done_callback(lambda _: replayed.set())
    await reading
    assert await replaying == [(dead, "applied")]
    assert await house.database.read(rows_of, "dead_letter") == []
    assert await house.database.read(effects) == [("DJ-0001", 1), ("DJ-0001", 2)]


async def wait_until_the_replay_waits_too(house: House, replayed: asyncio.Event) -> None:
    def waits(reading: Any) -> bool:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(reading.connection.exec_driver_sql(waiting).scalar())

    async def settled() -> bool:
        return replayed.is_set() or await house.database.read(waits)

    await until(settled)


async def test_a_letter_the_database_refuses_fails_alone(house: House, client_for: ClientFor) -> None:
    ready = False

    def add(uow: Any, events: Any) -> None:
        if not ready:
            raise ValueError("not yet")
        for event in events:
            uow.session.add(Counter(name=str(event.data.version), value=1))

    house.consumer = Consumer("assistance", house.database, house.transport, {"monitoring.risk-raised.v1": add})
    await hand_over(
        house, [event for n, version in enumerate((1, 2, 2, 3)) for event in raised(version, household=str(n))]
    )
    ready = True
    client = client_for(house)
    ids = [letter["id"] for letter in await listed(client)]
    assert [outcome for _, outcome in await replay(client, *ids)] == ["applied", "applied", "failed", "applied"]
    assert await house.database.read(counters) == {"1": 1, "2": 1, "3": 1}
    assert [letter["key"] for letter in await listed(client)] == ["2"]
