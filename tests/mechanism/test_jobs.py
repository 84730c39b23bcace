"""Long work: done part by part, seen by whoever asked for it, resumed after a kill, ended early or by an error."""

import asyncio
import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from shared.bus.retention import JOB_KEPT, Retention
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import House
from shared.jobs.commands import start_job
from shared.jobs.running import run_next_part, run_part, run_to_the_end
from shared.jobs.work import Document, Part, Standing, Work
from shared.operations import OPERATOR
from shared.security.actor import Actor
from shared.words.said import Said
from tests.builders import audit_rows
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.bad_networks import holding
from tests.mechanism.probe import ON_POSTGRESQL, PROBE, Boom, CounterFull, count_up, counters, until

PART = 3


def total(_: Reading, asked: Document) -> int:
    return int(asked["names"])


def count_part(uow: UnitOfWork, standing: Standing) -> Part:
    """Count each of the names `n0`, `n1`, … once, a few at a time."""
    first, names = standing.position or 0, standing.asked["names"]
    last = min(first + PART, names)
    for number in range(first, last):
        if number == standing.asked.get("full_at"):
            raise CounterFull(Said.of("the counter stops at nine"))
        if number == standing.asked.get("breaks_at"):
            raise Boom
        count_up(uow, f"n{number}")
    return Part(last, last - first, {"counted": last}, ended=last == names)


KINDS = {"count": Work(total, count_part)}
COUNTING = replace(PROBE, long_work=KINDS)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


async def asked(house: House, client_id: str = "tester", **asked: Any) -> str:
    actor = Actor(client_id, frozenset(), ("",))
    return str(await house.database.write(start_job, "count", {"names": 8} | asked, actor=actor))


def once(names: int) -> dict[str, int]:
    return {f"n{number}": 1 for number in range(names)}


async def test_a_job_shows_how_far_it_is_and_what_came_of_it(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    job_id = await asked(house)
    path = f"/probe/v1/jobs/{job_id}"
    queued = (await client.get(path)).json()
    assert (queued["kind"], queued["status"], queued["done"], queued["total"]) == ("count", "queued", 0, None)
    assert await run_next_part(house.database, KINDS)
    running = (await client.get(path)).json()
    assert (running["status"], running["done"], running["total"]) == ("running", PART, 8)
    assert running["result"] == {"counted": PART}
    assert running["per_second"] > 0
    assert running["expected_end"] >= running["started_at"]
    while (await client.get(path)).json()["status"] == "running":
        await run_next_part(house.database, KINDS)
    done = (await client.get(path)).json()
    assert (done["status"], done["done"], done["result"], done["problem"]) == ("done", 8, {"counted": 8}, None)
    assert (done["ended_at"] is not None, done["expected_end"]) == (True, None)
    assert await house.database.read(counters) == once(8)
    assert not await run_next_part(house.database, KINDS)
    audited = [(row["action"], row["actor"]) for row in await audit_rows(house)]
    assert audited == [("job.started", "tester"), ("job.done", "system")]


async def test_jobs_take_their_turn_and_a_house_does_them_by_itself(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(COUNTING, background=True)
    client = client_for(house)
    first, second = await asked(house, names=4), await asked(house, names=7)

    async def ended() -> bool:
        listed = (await client.get("/probe/v1/jobs", params={"status": "done"})).json()["items"]
        return len(listed) == 2

    await until(ended)
    listed = (await client.get("/probe/v1/jobs")).json()["items"]
    assert [job["job_id"] for job in listed] == [second, first]
    assert listed[1]["ended_at"] <= listed[0]["ended_at"]
    assert await house.database.read(counters) == {f"n{number}": 1 + (number < 4) for number in range(7)}


async def test_whoever_follows_jobs_hears_of_what_was_asked_for_and_of_what_ended(
    house: House, client_for: ClientFor
) -> None:
    client = client_for(house)
    first = await asked(house)
    second = await asked(house, names=PART)

    async def after(moment: str) -> list[dict[str, Any]]:
        listed = await client.get("/probe/v1/jobs", params={"kind": "count", "updated_after": moment})
        found: list[dict[str, Any]] = listed.json()["items"]
        return found

    told = await after("2020-01-01T00:00:00Z")
    assert [job["job_id"] for job in told] == [first, second]
    assert await after(told[-1]["updated_at"]) == []
    while await run_part(house.database, KINDS, uuid.UUID(second)):
        pass
    [ended] = await after(told[-1]["updated_at"])
    assert (ended["job_id"], ended["updated_at"]) == (second, ended["ended_at"])


async def test_a_job_that_is_killed_goes_on_where_it_stood(house: House, open_house: OpenHouse) -> None:
    job_id = uuid.UUID(await asked(house))
    assert await run_part(house.database, KINDS, job_id)

    def killed_before_its_commit(uow: UnitOfWork, standing: Standing) -> Part:
        count_part(uow, standing)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await run_part(house.database, {"count": Work(total, killed_before_its_commit)}, job_id)
    again = await open_house(PROBE)
    while await run_next_part(again.database, KINDS):
        pass
    assert await again.database.read(counters) == once(8)


async def test_asking_again_at_the_command_line_ends_what_was_begun(house: House) -> None:
    begun = uuid.UUID(await asked(house, client_id="operator"))
    await run_part(house.database, KINDS, begun)
    job = await run_to_the_end(house.database, KINDS, "count", {"names": 5}, OPERATOR)
    assert (job["id"], job["status"], job["done"]) == (begun, "done", 8)
    another = await run_to_the_end(house.database, KINDS, "count", {"names": 2}, OPERATOR)
    assert (another["id"] != begun, another["done"]) == (True, 2)


async def test_a_job_that_is_cancelled_leaves_what_it_did(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    job_id = await asked(house)
    await run_next_part(house.database, KINDS)
    answer = await client.post(f"/probe/v1/jobs/{job_id}/cancel")
    assert (answer.status_code, answer.json()["status"], answer.json()["done"]) == (200, "cancelled", PART)
    assert not await run_part(house.database, KINDS, uuid.UUID(job_id))
    assert await house.database.read(counters) == once(PART)
    again = await client.post(f"/probe/v1/jobs/{job_id}/cancel")
    assert (again.status_code, again.json()["type"]) == (409, "urn:problem:probe:job-ended")
    assert (await audit_rows(house))[-1]["action"] == "job.cancelled"


async def test_a_refusal_ends_a_job_and_is_its_problem(house: House, client_for: ClientFor) -> None:
    job_id = await asked(house, full_at=4)
    while await run_next_part(house.database, KINDS):
        pass
    job = (await client_for(house).get(f"/probe/v1/jobs/{job_id}")).json()
    assert (job["status"], job["done"], job["problem"]["code"]) == ("failed", PART, "counter-full")
    assert await house.database.read(counters) == once(PART), "a part is done whole or not at all"


async def test_what_nobody_foresaw_ends_a_job_and_is_logged(
    house: House, client_for: ClientFor, logged: Logged
) -> None:
    job_id, after = await asked(house, breaks_at=1), await asked(house, names=2)
    while await run_next_part(house.database, KINDS):
        pass
    client = client_for(house)
    job = (await client.get(f"/probe/v1/jobs/{job_id}")).json()
    assert (job["status"], job["problem"]["code"]) == ("failed", "internal-error")
    assert "Boom" not in str(job["problem"])
    assert [line["job_id"] for line in logged.lines("job.part_failed")] == [job_id]
    assert (await client.get(f"/probe/v1/jobs/{after}")).json()["status"] == "done"


async def test_a_client_has_to_do_with_its_own_jobs_and_operations_with_all(
    house: House, client_for: ClientFor
) -> None:
    mine, theirs = await asked(house, "me"), await asked(house, "them")
    me = client_for(house, scopes=["probe:read"], client_id="me")
    operations = client_for(house, scopes=["ops:admin"], client_id="ops")
    assert [job["job_id"] for job in (await me.get("/probe/v1/jobs")).json()["items"]] == [mine]
    assert len((await operations.get("/probe/v1/jobs")).json()["items"]) == 2
    for call in (me.get(f"/probe/v1/jobs/{theirs}"), me.post(f"/probe/v1/jobs/{theirs}/cancel")):
        answer = await call
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:problem:probe:job-not-found")
    assert (await operations.get(f"/probe/v1/jobs/{theirs}")).json()["status"] == "queued"
    assert (await me.get(f"/probe/v1/jobs/{uuid.uuid4()}")).status_code == 404
    stranger = client_for(house, scopes=["monitoring:read"], client_id="me")
    assert (await stranger.get("/probe/v1/jobs")).status_code == 403


@ON_POSTGRESQL
async def test_two_who_work_at_once_do_every_item_once(house: House) -> None:
    await asked(house, names=30)

    async def work() -> None:
        while await run_next_part(house.database, KINDS):
            pass

    await asyncio.gather(*(work() for _ in range(4)))
    assert await house.database.read(counters) == once(30)


@ON_POSTGRESQL
async def test_a_row_that_somebody_holds_puts_a_job_off_and_does_not_end_it(
    house: House, client_for: ClientFor
) -> None:
    await house.database.write(count_up, "n1")
    job_id = await asked(house)
    async with holding(house, "SELECT 1 FROM counter WHERE name = 'n1' FOR UPDATE"):
        with pytest.raises(Exception, match="try again"):
            await run_next_part(house.database, KINDS)
    while await run_next_part(house.database, KINDS):
        pass
    job = (await client_for(house).get(f"/probe/v1/jobs/{job_id}")).json()
    assert (job["status"], job["done"]) == ("done", 8)


async def test_a_job_is_forgotten_long_after_its_end(house: House) -> None:
    old, fresh, unfinished = await asked(house, names=1), await asked(house, names=1), await asked(house, names=1)
    long_ago = house.database.resources.clock.now() - JOB_KEPT - dt.timedelta(days=1)

    def end(uow: UnitOfWork) -> None:
        table = uow.system_tables.job
        for job_id, at in ((old, long_ago), (fresh, uow.now())):
            this = sa.update(table).where(table.c.id == uuid.UUID(job_id))
            uow.connection.execute(this.values(status="done", ended_at=at))

    await house.database.write(end)
    await Retention("monitoring", house.database, house.transport, 30).trim()

    def left(reading: Reading) -> set[str]:
        return {str(job_id) for job_id in reading.connection.scalars(sa.select(reading.system_tables.job.c.id))}

    assert await house.database.read(left) == {fresh, unfinished}
