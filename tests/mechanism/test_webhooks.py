"""Webhooks: every change to whoever wants to be told and may see it, at least once, in order for each household."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from shared.bus.retention import Retention
from shared.clock import SystemClock
from shared.codes.operations import DeliveryStatus
from shared.db.changes import enter_changes
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.hooks import calling
from shared.hooks.lines import Item
from shared.hooks.notes import Note, write_down
from shared.house import House
from shared.security.clients import Permit
from tests.builders import OTHER_COUNTY_REGION, REGION, TODAY, published_as, risk_raised
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_POSTGRESQL, ON_SQLITE, PROBE, emit, rows_of, until
from tests.receiver import HANG, Receivers, receiving

PATH = "/probe/v1/webhooks"
READ = ("probe:read",)


class MovedClock(SystemClock):
    """A clock that stands until it is moved by hand."""

    def __init__(self) -> None:
        super().__init__(TODAY)
        self.moment = super().now()

    def now(self) -> dt.datetime:
        return self.moment


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    house = await open_house(PROBE)
    house.database.resources.clock = MovedClock()
    return house


@pytest.fixture
async def running(house: House) -> House:
    house.start(background=True)
    return house


@pytest.fixture
async def receivers() -> AsyncIterator[Receivers]:
    async with receiving() as found:
        yield found


def move(house: House, **by: float) -> None:
    clock = house.database.resources.clock
    assert isinstance(clock, MovedClock)
    clock.moment += dt.timedelta(**by)


async def set_up(client: httpx.AsyncClient, code: str, url: str, **more: Any) -> dict[str, Any]:
    answer = await client.put(f"{PATH}/{code}", json={"url": url, **more})
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def webhook(client: httpx.AsyncClient, code: str) -> dict[str, Any]:
    answer = await client.get(f"{PATH}/{code}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def deliveries(client: httpx.AsyncClient, code: str, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"{PATH}/{code}/deliveries", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def told(house: House, *versions: int, household: str = "DJ-0001", region: str = REGION) -> None:
    """Have these happen, each in a transaction of its own."""
    for version in versions:
        event = risk_raised(version=version, household_code=household, region_code=region)
        await house.database.write(emit, event)


async def got(receivers: Receivers, name: str, number: int) -> list[dict[str, Any]]:
    """Wait until a receiver has got so many messages."""

    async def has() -> bool:
        return len(await receivers.got(name)) >= number

    await until(has)
    return await receivers.got(name)


async def test_a_change_is_sent_as_the_feed_has_it_and_signed(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ)
    made = await set_up(client, "mine", receivers.url_of("a"))
    assert made["secret"].startswith("whsec_")
    await receivers.knows("a", made["secret"], "whsec_" + "A" * 43 + "=")
    await told(running, 1, 2, 3)
    messages = await got(receivers, "a", 3)
    feed = (await client.get("/probe/v1/changes")).text
    assert [one["known_by"] for one in messages] == [[0]] * 3, "the right secret alone knows it"
    assert feed.startswith(f'{{"items":[{",".join(one["body"] for one in messages)}],"next":')
    for message in messages:
        headers = message["headers"]
        assert headers["webhook-id"] == message["item"]["id"]
        assert headers["content-type"] == "application/json"

    await with_status(client, "mine", 3, "delivered")
    shown = await webhook(client, "mine")
    assert (shown["state"], shown["waiting"], shown["failures"], shown["last_error"]) == ("active", 0, 0, None)
    assert "secret" not in shown
    assert [one["status"] for one in await deliveries(client, "mine")] == ["delivered"] * 3


def standing(reading: Reading) -> Any:
    return reading.connection.execute(sa.select(reading.system_tables.webhook)).mappings().one()


async def with_status(client: httpx.AsyncClient, code: str, number: int, status: str) -> list[dict[str, Any]]:
    """Wait until so many deliveries have this status."""

    async def are() -> bool:
        return len(await deliveries(client, code, status=status, limit=200)) >= number

    await until(are)
    return await deliveries(client, code, status=status, limit=200)


async def knows_all(house: House) -> bool:
    """Whether the sender knows the webhooks as they are."""
    kept = {row["id"]: row["version"] for row in await house.database.read(rows_of, "webhook")}
    return bool(kept == {key: target.row.version for key, target in house.sender._targets.items()})


async def paused(client: httpx.AsyncClient, code: str) -> dict[str, Any]:
    async def is_paused() -> bool:
        return bool((await webhook(client, code))["state"] == "paused")

    await until(is_paused)
    return await webhook(client, code)


async def test_what_a_receiver_refuses_is_tried_again_later_and_later_and_makes_only_its_household_wait(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ)
    await receivers.answers("a", {"status": 500, "body": "no\x00 room\n left", "of": ["DJ-0001"]})
    await set_up(client, "mine", receivers.url_of("a"))
    await told(running, 1, 2)
    await told(running, 1, 2, household="DJ-0002")
    await with_status(client, "mine", 2, "delivered")
    await with_status(client, "mine", 1, "retrying")
    await with_status(client, "mine", 1, "waiting")
    assert await receivers.versions("a", "DJ-0002") == [1, 2]
    assert await receivers.versions("a") == [1], "the second waits for the first"
    shown = await webhook(client, "mine")
    assert (shown["state"], shown["waiting"]) == ("failing", 2)
    assert shown["last_error"] == "the receiver answered 500: no room left"
    for place, seconds in enumerate((5, 30, 120, 600, 3600, 3 * 3600), 1):
        move(running, seconds=seconds * 0.75)
        await told(running, 10 + place, household="DJ-0002")
        await with_status(client, "mine", 2 + place, "delivered")
        assert await receivers.versions("a") == [1] * place, "not yet"
        move(running, seconds=seconds * 0.5)
        await until(partial(has_tried, running, place + 1))
    await receivers.answers("a", {"status": 204})
    move(running, hours=24)
    await with_status(client, "mine", 10, "delivered")
    assert (await receivers.versions("a"))[-2:] == [1, 2]
    assert (await webhook(client, "mine"))["state"] == "active"


async def has_tried(house: House, times: int) -> bool:
    rows = await house.database.read(rows_of, "webhook_delivery")
    return max((row["attempts"] for row in rows if row["status"] == "retrying"), default=0) >= times


async def test_after_three_days_it_is_exhausted_and_the_webhook_paused_until_it_is_taken_up_where_it_stood(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ)
    await receivers.answers("a", {"status": 503})
    url = receivers.url_of("a")
    await set_up(client, "mine", url)
    await told(running, 1, 2, 3)
    await until(lambda: has_tried(running, 1))
    for days in (1.0, 1.0, 0.9):
        tries = len(await receivers.got("a"))
        move(running, days=days)
        await got(receivers, "a", tries + 1)
        await until(partial(has_tried, running, tries + 1))
        assert (await webhook(client, "mine"))["state"] == "failing"
    move(running, days=0.2)
    shown = await paused(client, "mine")
    assert shown["paused_because"] == "exhausted"
    assert (await deliveries(client, "mine", status="exhausted"))[0]["error"] == "the receiver answered 503"
    sent = len(await receivers.got("a"))
    await receivers.answers("a", {"status": 204})
    move(running, days=2)
    await set_up(client, "other", receivers.url_of("b"))
    await told(running, 4)
    await got(receivers, "b", 1)
    assert len(await receivers.got("a")) == sent, "nothing is sent to what is paused"
    assert (await set_up(client, "mine", url))["state"] == "active"
    await with_status(client, "mine", 4, "delivered")
    assert (await receivers.versions("a"))[sent:] == [1, 2, 3, 4]
    oldest = (await receivers.got("a"))[0]["item"]
    again = await client.post(f"{PATH}/mine/deliveries/{oldest['id']}/resend")
    assert (again.status_code, again.json()["status"]) == (202, "waiting")
    await got(receivers, "a", sent + 5)
    assert (await receivers.versions("a"))[sent:] == [1, 2, 3, 4, 1]


async def test_what_was_given_up_is_kept_as_long_as_its_change_and_its_loss_is_told(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    """A webhook that stays paused for longer than deliveries are kept lacks nothing when it is taken up."""
    client = client_for(running, scopes=READ)
    await receivers.answers("a", {"status": 503}, {"status": 503}, {"status": 204})
    await set_up(client, "mine", receivers.url_of("a"))
    await told(running, 1)
    await until(lambda: has_tried(running, 1))
    move(running, days=3.1)
    await paused(client, "mine")
    retention = Retention("probe", running.database, running.transport, 30, webhook_days=7)
    move(running, days=8)
    await retention.trim()
    assert [one["status"] for one in await deliveries(client, "mine")] == ["exhausted"]
    assert (await webhook(client, "mine"))["behind_since"] is None
    await told(running, 2)
    move(running, days=30)
    await retention.trim()
    shown = await webhook(client, "mine")
    assert shown["behind_since"] is not None
    move(running, days=8)
    await retention.trim()
    assert await deliveries(client, "mine") == []


async def test_a_pause_that_a_receiver_asked_for_outlasts_the_sender(
    house: House, open_house: OpenHouse, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(house, scopes=READ)
    await receivers.answers("a", {"status": 503, "headers": {"Retry-After": "1800"}}, {"status": 204})
    await set_up(client, "mine", receivers.url_of("a"))
    house.start(background=True)
    await told(house, 1)
    await until(lambda: has_tried(house, 1))
    await house.background.stop()
    again = await open_house(PROBE)
    again.database.resources.clock = MovedClock()
    client = client_for(again, scopes=READ)
    again.start(background=True)
    await set_up(client, "other", receivers.url_of("b"))
    move(again, minutes=20)
    await told(again, 1, household="DJ-0002")
    await got(receivers, "b", 1)
    assert len(await receivers.got("a")) == 1, "also another household waits"
    assert (await webhook(client, "mine"))["next_try_at"] is not None
    move(again, minutes=15)
    await with_status(client, "mine", 2, "delivered")
    assert (await webhook(client, "mine"))["next_try_at"] is None


async def test_retry_after_is_obeyed_in_both_forms_within_bounds(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ)
    await receivers.answers("a", {"status": 429, "headers": {"Retry-After": "1800"}}, {"status": 204})
    await set_up(client, "mine", receivers.url_of("a"))
    await told(running, 1)
    await told(running, 1, household="DJ-0002")
    await until(lambda: has_tried(running, 1))
    now = running.database.resources.clock.now()
    row = await running.database.read(standing)
    assert dt.timedelta(minutes=29) < row["next_try_at"] - now <= dt.timedelta(minutes=30)
    move(running, minutes=29)
    await set_up(client, "other", receivers.url_of("b"))
    await told(running, 2)
    await got(receivers, "b", 1)
    assert len(await receivers.got("a")) == 1, "the others wait as well: the receiver asked for it"
    move(running, minutes=2)
    await with_status(client, "mine", 3, "delivered")


FAILS_ONCE = (
    "CREATE SEQUENCE tries",
    """
    CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('tries') = 1 THEN
            PERFORM pg_advisory_xact_lock(77);
            RAISE EXCEPTION 'once' USING ERRCODE = '57014';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER fail_once BEFORE UPDATE ON webhook FOR EACH ROW EXECUTE FUNCTION fail_once()",
    "SELECT pg_advisory_lock(77)",
)
"""The first note waits for whoever holds the lock, and comes to nothing."""


@ON_POSTGRESQL
async def test_a_note_that_comes_to_nothing_takes_no_change_with_it_however_much_is_answered_meanwhile(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ)
    await receivers.answers("a", {"status": 422, "of": ["DJ-0001"]}, {"status": 204})
    await set_up(client, "mine", receivers.url_of("a"))
    engine = create_async_engine(running.database.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in FAILS_ONCE:
            await connection.exec_driver_sql(statement)
        events = [risk_raised(version=1), *(risk_raised(version=n, household_code="DJ-0002") for n in range(1, 150))]
        await running.database.write(emit, *events)

        async def is_tried() -> bool:
            return bool(await connection.scalar(sa.text("SELECT is_called FROM tries")))

        await until(is_tried)
        await got(receivers, "a", len(await receivers.got("a")) + 2)
    await engine.dispose()
    await with_status(client, "mine", 150, "delivered")
    assert await receivers.versions("a") == [1, 1]


async def test_a_note_of_a_sender_that_lost_its_right_takes_nothing_back(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    """Its place is of before, its receiver was well, and it would try again what the next sender delivered."""
    client = client_for(running, scopes=READ)
    await receivers.answers("a", {"status": 204}, {"status": 410})
    await set_up(client, "mine", receivers.url_of("a"))
    await told(running, 1)
    await with_status(client, "mine", 1, "delivered")
    [target] = running.sender._targets.values()
    [item] = [Item(1, UUID((await receivers.got("a"))[0]["item"]["id"]), "x", "DJ-0001", None, attempts=1)]
    now = running.database.resources.clock.now()
    late = [target.row_of(item, status, now) for status in (DeliveryStatus.RETRYING, DeliveryStatus.WAITING)]
    standing_before = target.standing()
    await told(running, 2)
    before = await paused(client, "mine")
    for row in late:
        note = Note(target.row.id, target.row.version, 0, standing_before, [row])
        await running.database.write(write_down, [note])
    assert (await running.database.read(standing))["passed"] == 2
    assert (await webhook(client, "mine"))["paused_because"] == before["paused_because"] == "gone"
    assert len(await deliveries(client, "mine", status="delivered")) == 1


async def test_gone_pauses_at_once_and_says_so(running: House, client_for: ClientFor, receivers: Receivers) -> None:
    client = client_for(running, scopes=READ)
    await receivers.answers("a", {"status": 410})
    await set_up(client, "mine", receivers.url_of("a"))
    await told(running, 1, 2)
    shown = await paused(client, "mine")
    assert (shown["paused_because"], shown["active"], shown["waiting"]) == ("gone", False, 2)
    await receivers.answers("a", {"status": 204})
    await set_up(client, "mine", receivers.url_of("a"))
    await with_status(client, "mine", 2, "delivered")
    assert await receivers.versions("a") == [1, 1, 2]


async def test_ten_dead_receivers_keep_nobody_waiting(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    """They hang until the good one has everything: whoever waited for them would never end."""
    for number in range(10):
        client = client_for(running, scopes=READ, client_id=f"dead-{number}")
        await receivers.answers(f"dead-{number}", HANG)
        await set_up(client, "dead", receivers.url_of(f"dead-{number}"))
    client = client_for(running, scopes=READ, client_id="good")
    await set_up(client, "good", receivers.url_of("good"))
    for version in range(1, 41):
        await told(running, version, household=f"DJ-{version % 7:04d}")
    messages = await got(receivers, "good", 40)
    for household in range(7):
        versions = await receivers.versions("good", f"DJ-{household:04d}")
        assert versions == sorted(versions)
    assert len({one["item"]["id"] for one in messages}) == 40
    for number in range(10):
        assert len(await receivers.got(f"dead-{number}")) == 1, "one is on its way and no more"


async def test_a_receiver_that_hangs_is_given_up_after_a_while(
    running: House, client_for: ClientFor, receivers: Receivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "ANSWER_SECONDS", 0.2)
    client = client_for(running, scopes=READ)
    await receivers.answers("a", HANG, {"status": 200, "headers": {"Content-Length": "10"}, "body": "short"})
    await set_up(client, "mine", receivers.url_of("a"))
    await told(running, 1)
    await with_status(client, "mine", 1, "retrying")
    assert "no answer within" in (await webhook(client, "mine"))["last_error"]
    move(running, seconds=10)
    await with_status(client, "mine", 1, "delivered")


async def test_no_redirect_is_followed(running: House, client_for: ClientFor, receivers: Receivers) -> None:
    client = client_for(running, scopes=READ)
    await receivers.answers("a", {"status": 307, "headers": {"Location": receivers.url_of("b")}})
    await set_up(client, "mine", receivers.url_of("a"))
    await told(running, 1)
    await with_status(client, "mine", 1, "retrying")
    assert await receivers.got("b") == []


async def test_a_receiver_tells_what_is_forged_from_what_is_not(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ)
    made = await set_up(client, "mine", receivers.url_of("a"))
    await receivers.knows("a", made["secret"])
    await told(running, 1)
    [true] = await got(receivers, "a", 1)
    forged = true["body"].replace("520626", "520625")
    sent = {name: value for name, value in true["headers"].items() if name.startswith("webhook")}
    await receivers.client.post("/a/hook", content=forged, headers=sent)
    await receivers.client.post("/a/hook", content=true["body"], headers={**sent, "webhook-id": "other"})
    await receivers.client.post("/a/hook", content=true["body"], headers={**sent, "webhook-timestamp": "1"})
    await receivers.client.post("/a/hook", content=true["body"], headers=sent)
    assert [one["known_by"] for one in await receivers.got("a")] == [[0], [], [], [], [0]], "a repeat has the same id"


async def test_while_a_secret_is_rotated_both_sign_for_a_day(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ)
    url = receivers.url_of("a")
    first = (await set_up(client, "mine", url))["secret"]
    rotated = (await client.post(f"{PATH}/mine/rotate")).json()
    assert rotated["secret"] != first
    await receivers.knows("a", first, rotated["secret"])
    await until(lambda: knows_all(running))
    await told(running, 1)
    await got(receivers, "a", 1)
    rows = await running.database.read(rows_of, "webhook")
    assert not any(first in str(row) or rotated["secret"] in str(row) for row in rows), "secrets are kept sealed"
    move(running, hours=25)
    assert (await webhook(client, "mine"))["two_secrets_until"] is None
    await until(lambda: [len(target.signing) for target in running.sender._targets.values()] == [1])
    await told(running, 2)
    await got(receivers, "a", 2)
    # the receiver finds the moment to be a day ahead: it looks at the signatures alone
    lists = [one["headers"]["webhook-signature"].split(" ") for one in await receivers.got("a")]
    assert [len(signatures) for signatures in lists] == [2, 1]
    assert (await receivers.got("a"))[0]["known_by"] == [0, 1]
    brought = "whsec_" + "QUFB" * 10
    assert (await set_up(client, "mine", url, secret=brought))["secret"] == brought


async def test_a_test_tells_what_came_of_it(house: House, client_for: ClientFor, receivers: Receivers) -> None:
    client = client_for(house, scopes=READ)
    made = await set_up(client, "mine", receivers.url_of("a"), active=False)
    await receivers.knows("a", made["secret"])
    await receivers.answers("a", {"status": 200}, {"status": 500, "body": "身份证 522226198005010019"})
    first = (await client.post(f"{PATH}/mine/test")).json()
    assert (first["delivered"], first["status"], first["error"]) == (True, 200, None)
    second = (await client.post(f"{PATH}/mine/test")).json()
    assert (second["delivered"], second["status"]) == (False, 500)
    assert "522226198005010019" not in second["error"]
    messages = await receivers.got("a")
    assert [one["known_by"] for one in messages] == [[0], [0]]
    assert (messages[0]["item"]["id"], messages[0]["item"]["type"]) == (first["id"], "probe.webhook-test.v1")


async def test_a_webhook_sees_what_its_owner_sees_and_nothing_else(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    regions = {"dj": "520626", "yj": "520625", "province": "52", "elsewhere": "44"}
    clients = {name: client_for(running, scopes=READ, region=code, client_id=name) for name, code in regions.items()}
    for name, client in clients.items():
        await set_up(client, "mine", receivers.url_of(name))
    await set_up(clients["province"], "none", receivers.url_of("types"), types=["monitoring.risk-cleared.v1"])
    await told(running, 1)
    await told(running, 1, household="YJ-0001", region=OTHER_COUNTY_REGION)
    await got(receivers, "province", 2)
    await got(receivers, "dj", 1)
    await got(receivers, "yj", 1)
    assert await receivers.versions("dj", "YJ-0001") == await receivers.versions("yj") == []
    assert await receivers.got("elsewhere") == await receivers.got("types") == []
    for name, client in clients.items():
        assert {one["client_id"] for one in (await client.get(PATH)).json()["items"]} == {name}
    assert (await clients["dj"].get(f"{PATH}/none")).status_code == 404
    assert (await clients["dj"].get(f"{PATH}/none", params={"client_id": "province"})).status_code == 404
    operations = client_for(running, scopes=["ops:admin"], client_id="ops")
    assert len((await operations.get(PATH)).json()["items"]) == 5
    assert (await operations.get(f"{PATH}/none", params={"client_id": "province"})).status_code == 200
    assert (await operations.put(f"{PATH}/x", json={"url": receivers.url_of("x")})).status_code == 403


async def test_a_client_that_is_shut_out_is_told_nothing_more(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ, client_id="leaver")
    operations = client_for(running, scopes=["ops:admin"], client_id="ops")
    await set_up(client, "mine", receivers.url_of("a"))
    await set_up(client_for(running, scopes=READ, client_id="stayer"), "mine", receivers.url_of("b"))
    await told(running, 1)
    await got(receivers, "a", 1)
    records = {"leaver": Permit(client_id="leaver", regions=None, scopes=None, active=False)}
    running.verifier._permits = lambda: records
    await told(running, 2)
    await got(receivers, "b", 2)
    shown = (await operations.get(f"{PATH}/mine", params={"client_id": "leaver"})).json()
    assert (shown["state"], shown["paused_because"], shown["waiting"]) == ("paused", "shut_out", 1)
    assert await receivers.versions("a") == [1]
    records.clear()
    await got(receivers, "a", 2)
    assert await receivers.versions("a") == [1, 2]


async def has_got(receivers: Receivers, name: str, household: str, versions: list[int]) -> bool:
    return await receivers.versions(name, household) == versions


async def test_what_a_record_takes_away_is_told_no_more_not_even_what_waits(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ, region="52", client_id="narrowed")
    await receivers.answers("a", {"status": 500})
    await set_up(client, "mine", receivers.url_of("a"))
    await told(running, 1)
    await told(running, 1, household="YJ-0001", region=OTHER_COUNTY_REGION)
    await with_status(client, "mine", 1, "retrying")
    records = {"narrowed": Permit(client_id="narrowed", regions=("520625",), scopes=None)}
    running.verifier._permits = lambda: records
    await set_up(client_for(running, scopes=READ, region="52", client_id="another"), "mine", receivers.url_of("b"))
    await told(running, 2)
    await told(running, 2, household="YJ-0001", region=OTHER_COUNTY_REGION)
    await got(receivers, "b", 2)
    await receivers.answers("a", {"status": 200})
    refused = await receivers.versions("a", "DJ-0001")
    move(running, minutes=10)
    await until(lambda: has_got(receivers, "a", "YJ-0001", [1, 1, 2]))
    assert await receivers.versions("a", "DJ-0001") == refused


async def test_what_is_behind_what_is_kept_says_so_and_goes_on_from_the_oldest(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ)
    url = receivers.url_of("a")
    await receivers.answers("a", {"status": 500})
    await set_up(client, "mine", url)
    await told(running, 1, 2)
    await with_status(client, "mine", 1, "waiting")
    await set_up(client, "mine", url, active=False)
    await until(lambda: knows_all(running))
    move(running, days=40)
    clock = running.database.resources.clock
    await running.database.write(enter_later, 3, clock.now())
    await Retention("probe", running.database, running.transport, 30).trim()
    shown = await webhook(client, "mine")
    assert shown["behind_since"] is not None
    assert shown["waiting"] == 1
    given_up, *others = await deliveries(client, "mine")
    assert [one["status"] for one in (given_up, *others)] == ["exhausted"] * 2
    assert "does not keep" in given_up["error"]
    refused = await client.post(f"{PATH}/mine/deliveries/{given_up['id']}/resend")
    assert (refused.status_code, refused.json()["type"]) == (410, "urn:problem:probe:change-not-kept")
    await receivers.answers("a", {"status": 204})
    assert (await set_up(client, "mine", url))["behind_since"] is None
    await with_status(client, "mine", 1, "delivered")
    assert await receivers.versions("a") == [1, 3]


def enter_later(uow: UnitOfWork, version: int, moment: dt.datetime) -> None:
    """A change of a later day than the machine's."""
    event = published_as(risk_raised(version=version))
    later = UUID(int=(int(moment.timestamp() * 1000) << 80) | event.event_id.int & ((1 << 80) - 1))
    uow.entered += enter_changes(uow.connection, uow.system_tables.change, [event._replace(event_id=later)])


async def test_a_webhook_that_is_caught_up_is_not_behind_when_changes_are_removed(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ, region="44")
    await set_up(client, "mine", receivers.url_of("a"))
    await told(running, 1, 2)

    async def has_passed() -> bool:
        changes = [row["seq"] for row in await running.database.read(rows_of, "change")]
        return len(changes) == 2 and (await running.database.read(standing))["passed"] == changes[-1]

    running.sender._write_places_at = 0
    await until(has_passed)
    move(running, days=40)
    await running.database.write(enter_later, 3, running.database.resources.clock.now())
    await Retention("probe", running.database, running.transport, 30).trim()
    assert (await webhook(client, "mine"))["behind_since"] is None


async def test_deliveries_are_kept_for_some_days_and_gone_with_their_webhook(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ)
    await set_up(client, "mine", receivers.url_of("a"))
    await set_up(client, "other", receivers.url_of("b"))
    await told(running, 1)
    await with_status(client, "mine", 1, "delivered")
    await with_status(client, "other", 1, "delivered")
    assert (await client.delete(f"{PATH}/other")).status_code == 204
    await Retention("probe", running.database, running.transport, 30).trim()
    assert len(await running.database.read(rows_of, "webhook_delivery")) == 1
    move(running, days=8)
    await Retention("probe", running.database, running.transport, 30).trim()
    assert await running.database.read(rows_of, "webhook_delivery") == []


async def test_a_webhook_deleted_while_it_is_sent_to_leaves_nothing(
    running: House, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(running, scopes=READ)
    await receivers.answers("a", HANG)
    await set_up(client, "mine", receivers.url_of("a"))
    await told(running, 1)
    await got(receivers, "a", 1)
    assert (await client.delete(f"{PATH}/mine")).status_code == 204
    assert (await client.delete(f"{PATH}/mine")).status_code == 404
    await until(lambda: not running.sender._targets)
    assert await running.database.read(rows_of, "webhook_delivery") == []
    await set_up(client, "mine", receivers.url_of("b"))
    await told(running, 2)
    await got(receivers, "b", 1)
    assert await receivers.versions("b") == [2], "a new one begins with what happens from then on"


async def test_two_who_set_up_the_same_webhook_at_once_make_one(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=READ)
    body = {"url": "http://127.0.0.1:9/hook"}
    answers = await asyncio.gather(*(client.put(f"{PATH}/mine", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert [answer.json()["secret"] is not None for answer in answers].count(True) == 1
    assert len(await house.database.read(rows_of, "webhook")) == 1


async def test_a_client_has_so_many_webhooks_and_no_more(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=READ)
    body = {"url": "http://127.0.0.1:9/hook"}
    answers = await asyncio.gather(*(client.put(f"{PATH}/{code}", json=body) for code in range(14)))
    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 4
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {
        "urn:problem:probe:too-many-webhooks"
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "ftp://127.0.0.1/x"}, "/url"),
        ({"url": "http://user:pass@127.0.0.1/x"}, "/url"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "/url"),
        ({"url": "http://10.0.0.1/x"}, "/url"),
        ({"url": "http://no-such-host.invalid/x"}, "/url"),
        ({"url": "http://127.0.0.1/x", "types": ["monitoring.imagined.v1"]}, "/types/0"),
        ({"url": "http://127.0.0.1/x", "secret": "whsec_c2hvcnQ="}, "/secret"),
        ({"url": "http://127.0.0.1/x", "secret": "A" * 40}, "/secret"),
        ({"url": "http://127.0.0.1/x", "colour": "red"}, "/colour"),
        ({}, "/url"),
    ],
)
@ON_SQLITE
async def test_what_cannot_be_called_is_refused_by_its_name(
    house: House, client_for: ClientFor, body: dict[str, Any], pointer: str
) -> None:
    answer = await client_for(house, scopes=READ).put(f"{PATH}/mine", json=body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])
    assert "whsec" not in answer.text.replace("`whsec_`", "")
    assert await house.database.read(rows_of, "webhook") == []


async def test_a_sender_that_begins_again_sends_what_waits_and_not_what_was_delivered(
    house: House, open_house: OpenHouse, client_for: ClientFor, receivers: Receivers
) -> None:
    client = client_for(house, scopes=READ)
    await receivers.answers("a", {"status": 500, "of": ["DJ-0001"]})
    await set_up(client, "mine", receivers.url_of("a"))
    await set_up(client, "paused", receivers.url_of("b"), active=False)
    house.start(background=True)
    await told(house, 1, 2)
    await told(house, 1, 2, household="DJ-0002")
    await with_status(client, "mine", 2, "delivered")
    await with_status(client, "mine", 1, "waiting")
    await house.background.stop()
    again = await open_house(PROBE)
    again.database.resources.clock = MovedClock()
    move(again, minutes=1)
    client = client_for(again, scopes=READ)
    await receivers.answers("a", {"status": 204})
    again.start(background=True)
    await with_status(client, "mine", 4, "delivered")
    assert await receivers.versions("a", "DJ-0002") == [1, 2]
    assert await receivers.versions("a") == [1, 1, 2]
    assert await receivers.got("b") == []
    await set_up(client, "paused", receivers.url_of("b"))
    await with_status(client, "paused", 4, "delivered")
    assert await receivers.versions("b") == [1, 2]


async def test_the_lists_leave_as_files(house: House, client_for: ClientFor) -> None:
    client = client_for(house, scopes=READ)
    await set_up(client, "mine", "http://127.0.0.1:9/hook")
    for path in (PATH, f"{PATH}/mine/deliveries"):
        answer = await client.get(path, params={"format": "csv"}, headers={"Accept-Language": "zh"})
        assert (answer.status_code, "推送" in answer.text or "投递" in answer.text) == (200, True)
