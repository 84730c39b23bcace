"""Where households stand in schooling, medical care, housing and water: asked for, listed, told, and kept true."""

import asyncio
import datetime as dt
import itertools
from typing import Any

import pytest
import sqlalchemy as sa

from services.monitoring.jobs import JOBS
from services.monitoring.models.protections import HouseholdProtection
from services.monitoring.recomputes.commands import prove_ledger
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, fact, household, income_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, correction, open_monitoring, withdrawal
from tests.problems import problem

Document = dict[str, Any]
EVENT = "protections-changed.v1"
NEW_YEAR = dt.date(2027, 1, 1)
PUPIL, ADULT = member(2, relation="child", birth_date="2015-05-05", labour="none"), member(1)
NOTHING_SAID = {"schooling": "unknown", "medical": "unknown", "housing": "unknown", "water": "unknown"}
SECURE = dict.fromkeys(NOTHING_SAID, "met")


def dwelling(grade: str = "A", **changes: Any) -> Document:
    return fact("dwelling", f"dwelling-{grade}", {"grade": grade, "only_home": True, "checked_by": "住建局"}, **changes)


def schooling(event: str, observed_on: str, **changes: Any) -> Document:
    said = {"event": event, "stage": "primary"}
    return fact("schooling", f"schooling-{event}", said, **{"member_no": 2, "observed_on": observed_on} | changes)


def insured(member_no: int, **changes: Any) -> Document:
    said = {"scheme": "basic_medical", "year": 2026, "status": "insured"}
    return fact("insurance", f"insurance-{member_no}", said, **{"member_no": member_no} | changes)


def water(**changes: Any) -> Document:
    numbers = {"litres_per_day": "60.0", "distance_m": 0, "height_m": 0, "minutes": 0, "days_short": 0}
    return fact("water", "water", numbers | {"quality": "good", "cut_since": None} | changes)


EVERYTHING = (schooling("enrolled", "2026-09-01"), insured(1), insured(2), dwelling(), water())


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put(household([ADULT, PUPIL]))
    return found


async def statuses(monitoring: Monitoring, code: str = HOUSEHOLD, **asked: Any) -> Document:
    """What the household stands in, asked for live."""
    answer = await monitoring.get(f"households/{code}/protections", **asked)
    return {item["code"]: item["status"] for item in answer["items"]}


async def told(monitoring: Monitoring, code: str = HOUSEHOLD) -> list[Document]:
    """The statuses that the events told, in order."""
    events = [event.data for event in await monitoring.events(EVENT) if event.data.household_code == code]
    return [{name: getattr(event, name).value for name in NOTHING_SAID} for event in events]


async def listed(monitoring: Monitoring, **asked: Any) -> list[Document]:
    found: list[Document] = (await monitoring.get("protections", **asked))["items"]
    return found


async def kept_is_true(monitoring: Monitoring) -> None:
    _, differences = await monitoring.house.database.write(prove_ledger, "", 1000)
    assert differences == []


async def test_where_a_household_stands_is_asked_for_listed_and_told_once(monitoring: Monitoring) -> None:
    assert (await statuses(monitoring), await listed(monitoring)) == (NOTHING_SAID, [])
    await monitoring.record(income_fact("2026-10", "1000.00"), *EVERYTHING)
    await monitoring.post({"facts": list(EVERYTHING)})

    assert (await statuses(monitoring), await told(monitoring)) == (SECURE, [SECURE])
    shown = await monitoring.get(f"households/{HOUSEHOLD}/protections")
    rows = await listed(monitoring)
    assert (shown["household_code"], shown["as_of"]) == (HOUSEHOLD, "2026-11-16")
    assert sorted(shown["items"], key=lambda item: item["code"]) == [
        {name: row[name] for name in ("code", "status", "checked_on", "fact_ids")} for row in rows
    ]
    assert [(row["household_code"], row["region_code"]) for row in rows] == 4 * [(HOUSEHOLD, REGION)]
    ids = [item["fact_id"] for item in (await monitoring.post({"facts": list(EVERYTHING)})).json()["items"]]
    named = {item["code"]: item["fact_ids"] for item in shown["items"]}
    assert named == {"schooling": ids[:1], "medical": ids[1:3], "housing": ids[3:4], "water": ids[4:]}
    assert await statuses(monitoring, as_of="2026-11-01") == NOTHING_SAID | {"schooling": "met"}
    await kept_is_true(monitoring)


async def test_facts_in_any_order_come_to_the_same(monitoring: Monitoring) -> None:
    said = (
        schooling("dropped_out", "2026-10-01"),
        schooling("persuasion_visit", "2026-10-20"),
        schooling("returned", "2026-10-10"),
        dwelling("D", observed_on="2026-10-01"),
        dwelling("B", observed_on="2026-10-02"),
    )
    orders = list(itertools.permutations(said))[::17]
    for place, order in enumerate(orders):
        code = f"DJ-1{place:03d}"
        await monitoring.put(household([ADULT, PUPIL]), code)
        for one in order:
            await monitoring.record(one | {"household_code": code, "source_ref": f"{code}/{one['source_ref']}"})
        assert await statuses(monitoring, code) == NOTHING_SAID | {"schooling": "met", "housing": "met"}
        assert (await told(monitoring, code))[-1] == NOTHING_SAID | {"schooling": "met", "housing": "met"}
    kept = await listed(monitoring, code="schooling")
    assert {(row["status"], row["checked_on"]) for row in kept} == {("met", "2026-10-10")}
    await kept_is_true(monitoring)


async def test_what_is_corrected_or_withdrawn_is_as_if_never_said(monitoring: Monitoring) -> None:
    bad = dwelling("D")
    better = correction(bad, "dwelling-c1", grade="B")
    await monitoring.record(bad)
    await monitoring.record(better)
    await monitoring.record(withdrawal(better, "dwelling-w1"))

    expected = [NOTHING_SAID | {"housing": status} for status in ("unmet", "met", "unknown")]
    assert await told(monitoring) == expected
    [housing] = await listed(monitoring, code="housing")
    assert (housing["status"], housing["checked_on"], housing["fact_ids"]) == ("unknown", None, [])
    at_once = dwelling("C")
    await monitoring.record(at_once, withdrawal(at_once, "w"), mode="backfill")
    assert await told(monitoring) == expected
    await kept_is_true(monitoring)


async def test_members_regions_and_the_end_change_it(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.record(*EVERYTHING)
    there = client_for(monitoring.house, region=OTHER_COUNTY_REGION[:6])
    newborn = member(3, relation="child", birth_date="2026-11-01", labour="none")
    await monitoring.put(household([ADULT, PUPIL, newborn]))
    await monitoring.put(household([ADULT]))
    path = "/monitoring/v1/protections"
    assert (await there.get(path)).json()["items"] == []
    await monitoring.put(household([ADULT], region_code=OTHER_COUNTY_REGION))

    assert len((await there.get(path)).json()["items"]) == 4
    end = {"on": "2026-11-16", "reason": "merged", "note": None}
    answer = await monitoring.client.post(f"/monitoring/v1/households/{HOUSEHOLD}/end", json=end)
    assert answer.status_code == 201, answer.text
    left = SECURE | {"schooling": "not_applicable"}
    over = dict.fromkeys(SECURE, "not_applicable")
    assert await told(monitoring) == [SECURE, SECURE | {"medical": "unknown"}, left, left, over]
    regions = [event.data.region_code for event in await monitoring.events(EVENT)]
    assert regions == 3 * [REGION] + 2 * [OTHER_COUNTY_REGION]
    assert (await statuses(monitoring), await statuses(monitoring, as_of="2026-11-15")) == (over, left)
    await kept_is_true(monitoring)


async def test_time_alone_changes_it_once_whoever_looks(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    """A cut of water falls due, a year begins, two processes at once; a clock that is behind changes nothing back."""
    await monitoring.record(
        *EVERYTHING, water(cut_since="2026-11-01") | {"source_ref": "w2", "observed_on": "2026-11-03"}
    )
    assert await told(monitoring) == [SECURE]
    assert not await monitoring.house.database.write(JOBS["renew-protections"].command)

    for day in (dt.date(2026, 12, 1), dt.date(2026, 12, 2), NEW_YEAR):
        both = [await open_monitoring(open_house, client_for, today=day) for _ in range(2)]
        renewing = (one.house.database.write(JOBS["renew-protections"].command) for one in both)
        assert await asyncio.gather(*renewing) == [False, False]
    cut = SECURE | {"water": "unmet"}
    assert await told(monitoring) == [SECURE, cut, cut | {"medical": "unknown"}]
    await monitoring.record(dwelling("B", observed_on="2026-11-10"))
    assert len(await told(monitoring)) == 3
    await kept_is_true(monitoring)
    assert not await monitoring.house.database.write(JOBS["renew-protections"].command)


async def test_the_list_is_filtered_and_walled(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.put(household([ADULT], region_code=OTHER_COUNTY_REGION), "DJ-0002")
    await monitoring.record(dwelling("C"), dwelling("B", household_code="DJ-0002"))
    [unmet] = await listed(monitoring, code="housing", status="unmet", region_code="5206")
    assert unmet["household_code"] == HOUSEHOLD
    last = max(row["updated_at"] for row in await listed(monitoring))
    await monitoring.record(water(quality="bad"))
    [changed] = await listed(monitoring, updated_after=last)
    assert (changed["household_code"], changed["code"], changed["status"]) == (HOUSEHOLD, "water", "unmet")
    first = await monitoring.get("protections", limit=5)
    rest = await monitoring.get("protections", limit=5, cursor=first["next_cursor"])
    places = [(row["household_code"], row["code"]) for page in (first, rest) for row in page["items"]]
    assert len(set(places)) == 8
    assert places[0][0] == "DJ-0002", "by region first"

    elsewhere = client_for(monitoring.house, region=OTHER_COUNTY_REGION[:6])
    answer = await elsewhere.get(f"/monitoring/v1/households/{HOUSEHOLD}/protections")
    assert problem(answer) == (404, "household-not-found", [])
    file = await elsewhere.get("/monitoring/v1/protections", params={"format": "csv", "code": "housing"})
    assert [line.split(",")[0] for line in file.text.splitlines()[1:]] == ["DJ-0002"]


def _tamper(uow: UnitOfWork) -> None:
    rows = table_of(HouseholdProtection)
    uow.connection.execute(sa.update(rows).where(rows.c.code == "housing").values(status="met"))
    uow.connection.execute(sa.delete(rows).where(rows.c.code == "water"))


async def test_the_proof_finds_what_is_kept_and_not_so(monitoring: Monitoring) -> None:
    await monitoring.record(dwelling("D"))
    await monitoring.house.database.write(_tamper)
    _, differences = await monitoring.house.database.write(prove_ledger, "", 1000)
    assert {one.place for one in differences} == {"household_protection housing", "household_protection water"}


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_income_costs_no_statement_more(monitoring: Monitoring) -> None:
    await monitoring.record(*EVERYTHING)
    said: list[str] = []

    def listen(*event: Any) -> None:
        said.append(event[2])

    engine = await monitoring.house.database.read(_engine)
    sa.event.listen(engine, "before_cursor_execute", listen)
    await monitoring.record(income_fact("2026-09", "1000.00"))
    sa.event.remove(engine, "before_cursor_execute", listen)
    assert not [one for one in said if "household_protection" in one]


def _engine(reading: Reading) -> sa.Engine:
    return reading.connection.engine
