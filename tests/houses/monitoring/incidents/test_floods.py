"""No flood: many households of a county at once are one incident, told in turn, each exactly once."""

import asyncio
import datetime as dt
import signal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.monitoring.app import MONITORING
from services.monitoring.incidents.commands.release import release_due
from services.monitoring.models.incidents import Incident
from services.monitoring.models.risks import Risk
from services.monitoring.screenings.commands.screen import screen_all
from shared import metrics
from shared.bus.embedded import EmbeddedTransport
from shared.clock import SystemClock
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.policy.loader import PolicyBook
from shared.security.tokens import TokenVerifier
from shared.settings import Environment, Settings
from tests.at_once import while_uncommitted
from tests.builders import OTHER_COUNTY_REGION, TODAY, household, illness_fact
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import (
    WINDOW,
    Monitoring,
    correction,
    open_monitoring,
    wages,
    with_value,
    withdrawal,
)
from tests.journeys.crash_points import WRITING, CrashPoint, arm
from tests.mechanism.probe import ON_SQLITE
from tests.problems import problem_document

COUNTY = "520626000000"
AT_ONCE, PER_HOUR = 3, 2
ON_POSTGRES = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
_INCIDENTS, _RISKS = table_of(Incident), table_of(Risk)


def floods(book: PolicyBook) -> PolicyBook:
    """A policy by which illnesses come as floods, and few are too many."""
    release = {"at_once": AT_ONCE, "per_hour": PER_HOUR, "window_minutes": 60}
    return with_value(with_value(book, "monitoring.release", release), "monitoring.release_kinds", ("new_illness",))


@pytest.fixture(scope="module")
def book(policy_book: PolicyBook) -> PolicyBook:
    return floods(policy_book)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor, book: PolicyBook) -> Monitoring:
    found = await open_monitoring(open_house, client_for, policy=book)
    for number in range(1, 10):
        await found.put(code=code(number))
    return found


def code(number: int) -> str:
    return f"F-{number}"


def ill(number: int, icd: str = "C34.9", **changes: Any) -> dict[str, Any]:
    fact = illness_fact(icd, household_code=code(number))
    return {**fact, "source_ref": f"{number}-{icd}", "payload": fact["payload"] | changes}


async def flood(monitoring: Monitoring) -> None:
    """Nine households, of whom the last is red."""
    await monitoring.record(*map(ill, range(1, 9)), ill(9, main_earner=True))


async def told(monitoring: Monitoring) -> list[str]:
    """Of whom `risk-raised` told, in order."""
    return [event.data.household_code for event in await monitoring.events("risk-raised.v1")]


async def the_incident(monitoring: Monitoring) -> dict[str, Any]:
    [found] = (await monitoring.get("incidents"))["items"]
    return dict(found)


def numbers(incident: dict[str, Any]) -> tuple[int, int, int]:
    return incident["households"], incident["released"], incident["queued"]


async def pass_hours(house: House, hours: float) -> None:
    """Have so many hours be over since everything that came in."""

    def back(uow: UnitOfWork) -> None:
        for table, column in ((_INCIDENTS, "founded_at"), (_RISKS, "opened_at")):
            for row in uow.connection.execute(sa.select(table.c.id, table.c[column])).all():
                earlier = {column: row[1] - dt.timedelta(hours=hours)}
                uow.connection.execute(sa.update(table).where(table.c.id == row.id).values(earlier))

    await house.database.write(back)


async def release(house: House) -> int:
    """Run the job until nothing more is waiting; returns how often it did something."""
    done = 0
    while await house.database.write(release_due):
        done += 1
    return done


async def step(monitoring: Monitoring, **body: Any) -> Any:
    path = f"/monitoring/v1/incidents/{(await the_incident(monitoring))['incident_id']}/transitions"
    return await monitoring.client.post(path, json=body)


async def test_the_first_are_told_at_once_and_the_others_in_turn_red_first(monitoring: Monitoring) -> None:
    await flood(monitoring)
    incident = await the_incident(monitoring)
    assert (incident["kind"], incident["region_code"], incident["status"]) == ("new_illness", COUNTY, "open")
    assert numbers(incident) == (9, 3, 6)
    assert await told(monitoring) == ["F-1", "F-2", "F-3"]
    [opened] = await monitoring.events("incident-opened.v1")
    assert (str(opened.data.incident_id), opened.data.households) == (incident["incident_id"], 9)
    assert {risk["incident_id"] for risk in await monitoring.risks()} == {incident["incident_id"]}
    [waits] = await monitoring.risks(household_code="F-4")
    assert (waits["status"], waits["released_at"], waits["event_id"], waits["duty"]) == ("open", None, None, None)
    [first] = await monitoring.risks(household_code="F-1")
    assert first["duty"] == {"level": "village", "by": "2026-11-23"}
    assert await monitoring.counted(metrics.HOUSEHOLDS_QUEUED) == {("520626", "new_illness"): 6}

    assert await release(monitoring.house) == 0
    await monitoring.record(ill(4, "I21"), withdrawal(ill(5), "taken-back") | {"household_code": "F-5"})
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION), "F-6")
    assert [event.type for event in await monitoring.events() if event.type.startswith("monitoring.risk")] == [
        "monitoring.risk-raised.v1"
    ] * 3
    assert numbers(await the_incident(monitoring)) == (9, 3, 5)

    await pass_hours(monitoring.house, 1)
    assert await monitoring.counted(metrics.INCIDENT_LATE_SECONDS) == {("520626", "new_illness"): 3600}
    assert await release(monitoring.house) == 1
    assert (await told(monitoring))[3:] == ["F-9", "F-4"]
    await pass_hours(monitoring.house, 2)
    assert await release(monitoring.house) == 2
    assert (await told(monitoring))[5:] == ["F-6", "F-7", "F-8"]
    events = {event.data.household_code: event for event in await monitoring.events("risk-raised.v1")}
    late, moved = events["F-4"].data, events["F-6"].data
    assert (late.version, len(late.causes), late.told_on) == (2, 2, TODAY)
    assert (late.clue.type, str(late.incident_id)) == ("illness", incident["incident_id"])
    assert moved.region_code == OTHER_COUNTY_REGION
    assert numbers(await the_incident(monitoring)) == (9, 8, 0)
    assert (await monitoring.risks(household_code="F-5"))[0]["released_at"] is None

    await monitoring.record(ill(4, "I22"), correction(ill(7), "light", code="J00", serious=False))
    kinds = [
        event.type.split(".")[1] for event in await monitoring.events() if event.type.startswith("monitoring.risk")
    ]
    assert kinds[8:] == ["risk-updated", "risk-cleared"]


async def test_an_officer_of_the_county_tells_of_some_or_all_and_ends_it(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await flood(monitoring)
    for action, limit in (("close", 1), ("release", 0), ("release", 10**30)):
        refused = problem_document(await step(monitoring, action=action, limit=limit))
        assert (refused["status"], refused["errors"][0]["pointer"]) == (422, "/limit")
    township = Monitoring(monitoring.house, client_for(monitoring.house, region="520626001"))
    assert numbers(await the_incident(township)) == (9, 3, 6)
    for action in ("release", "close"):
        refused = problem_document(await step(township, action=action))
        assert (refused["status"], refused["type"].rpartition(":")[2]) == (403, "level-too-low")
    early = problem_document(await step(monitoring, action="close"))
    assert (early["status"], early["type"].rpartition(":")[2], early["queued"]) == (409, "households-queued", 6)

    answer = (await step(monitoring, action="release", limit=1)).json()
    assert (numbers(answer), answer["history"][-1]["told"]) == ((9, 4, 5), 1)
    assert numbers((await step(monitoring, action="release", limit=None)).json()) == (9, 9, 0)
    assert (await told(monitoring))[3:] == ["F-9", *map(code, range(4, 9))]
    ended = (await step(monitoring, action="close")).json()
    assert (ended["status"], ended["allowed_actions"]) == ("closed", [])
    [closed] = await monitoring.events("incident-closed.v1")
    assert (str(closed.data.incident_id), closed.data.households) == (ended["incident_id"], 9)
    again = problem_document(await step(monitoring, action="release"))
    assert (again["status"], again["type"].rpartition(":")[2]) == (409, "transition-not-allowed")

    path = f"incidents/{ended['incident_id']}/households"
    everybody = (await monitoring.get(path))["items"]
    assert [one["household_code"] for one in everybody] == list(map(code, range(1, 10)))
    assert everybody[-1]["grade"] == "red"
    assert (await monitoring.get(path, queued=True))["items"] == []
    elsewhere = Monitoring(monitoring.house, client_for(monitoring.house, region="520625"))
    assert (await elsewhere.get("incidents"))["items"] == []
    assert (await elsewhere.client.get(f"/monitoring/v1/{path}")).status_code == 404


async def test_hours_without_anybody_who_waits_are_not_saved_up(monitoring: Monitoring) -> None:
    await monitoring.record(*map(ill, range(1, 5)))
    await step(monitoring, action="release")
    await pass_hours(monitoring.house, 0.5)
    await monitoring.record(ill(5))
    await step(monitoring, action="release")
    await pass_hours(monitoring.house, 5)
    await monitoring.record(*map(ill, range(6, 10)))
    assert await told(monitoring) == list(map(code, range(1, 9)))
    assert await release(monitoring.house) == 0
    await pass_hours(monitoring.house, 1)
    assert await release(monitoring.house) == 1
    assert await told(monitoring) == list(map(code, range(1, 10)))


@pytest.mark.parametrize("way", ["screening", "roll"])
async def test_a_screening_and_a_roll_are_told_by_county_all_kinds_together(
    open_house: OpenHouse, client_for: ClientFor, monitoring: Monitoring, book: PolicyBook, way: str
) -> None:
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION), "F-9")
    homes = (1, 2, 3, 4, 9)
    poor = [fact for number in homes for fact in wages(WINDOW, "100.00", f"{number}-", household_code=code(number))]
    await monitoring.record(*poor, ill(4), mode="backfill")
    later = await open_monitoring(open_house, client_for, today=TODAY + dt.timedelta(days=1), policy=book)
    if way == "screening":
        await screen_all(later.house)
    else:
        await later.roll()
    incident = await the_incident(later)
    assert (incident["kind"], incident["region_code"], numbers(incident)) == (way, COUNTY, (4, 3, 1))
    assert set(await told(later)) == {"F-1", "F-2", "F-3", "F-9"}
    await pass_hours(later.house, 1)
    assert await release(later.house) == 1
    assert (await told(later))[4:] == ["F-4", "F-4"]
    assert len(await later.risks(household_code="F-4")) == 2


async def test_two_processes_at_once_tell_the_first_at_once_and_no_more(
    open_house: OpenHouse, client_for: ClientFor, monitoring: Monitoring, book: PolicyBook
) -> None:
    other = await open_monitoring(open_house, client_for, policy=book)
    posts = [(monitoring, other)[number % 2].post(ill(number)) for number in range(1, 10)]
    assert {answer.status_code for answer in await asyncio.gather(*posts)} == {201}
    assert len(await told(monitoring)) == AT_ONCE
    assert numbers(await the_incident(monitoring)) == (9, 3, 6)

    await pass_hours(monitoring.house, 2)
    await asyncio.gather(release(monitoring.house), release(other.house), release(monitoring.house))
    await asyncio.gather(*(monitoring.post(ill(number)) for number in range(1, 10)))
    everybody = await told(monitoring)
    assert (len(everybody), len(set(everybody))) == (7, 7)


@ON_POSTGRES
async def test_an_hour_is_told_once_where_two_come_to_it(monitoring: Monitoring, databases: Databases) -> None:
    await flood(monitoring)
    await pass_hours(monitoring.house, 1)
    write = monitoring.house.database.write
    assert await while_uncommitted(monitoring.house, databases.url, release_due, then=lambda: write(release_due))
    assert (await told(monitoring))[3:] == ["F-9", "F-4"]
    assert await release(monitoring.house) == 0


def _release_and_die(place: str, url: str, data: Path) -> None:
    """What a process does that tells of those who wait until it comes to a point."""
    arm(CrashPoint("monitoring", place))
    asyncio.run(_release_in_a_process(url, data))


async def _release_in_a_process(url: str, data: Path) -> None:
    house = House(
        MONITORING,
        Settings(env=Environment.DEVELOPMENT, data=data, database_url=url),
        transport=EmbeddedTransport(data / "another.sqlite"),
        clock=SystemClock(business_date=TODAY),
        policy=floods(PolicyBook.load(development=True)),
        verifier=TokenVerifier(lambda _: None, issuer="nobody", audience="nobody"),
    )
    await release(house)


@ON_SQLITE
async def test_a_process_that_is_killed_midway_tells_nobody_twice_and_leaves_nobody_out(
    monitoring: Monitoring, settings: Settings
) -> None:
    await flood(monitoring)
    await pass_hours(monitoring.house, 3)
    numbers_told = []
    for place in WRITING:
        process = get_context("spawn").Process(
            target=_release_and_die, args=(place, settings.database_url, settings.data)
        )
        process.start()
        await asyncio.to_thread(process.join)
        assert process.exitcode == -signal.SIGKILL
        numbers_told.append(len(await told(monitoring)))
    assert numbers_told == [AT_ONCE, AT_ONCE + PER_HOUR]
    assert await release(monitoring.house) == 2
    assert await told(monitoring) == [*map(code, (1, 2, 3)), "F-9", *map(code, range(4, 9))]
