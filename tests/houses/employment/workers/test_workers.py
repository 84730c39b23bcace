"""The workers employment reads from the households' events."""

import asyncio
import base64
import datetime as dt
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from services.employment.handlers import HANDLERS
from services.employment.workers.queries import WorkerList, workers
from shared.codes.monitoring import Labour, Sex
from shared.contracts.catalogue import CATALOGUE
from shared.ids import derived_id
from shared.policy.loader import PolicyBook
from shared.security.actor import Actor
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    deliver,
    household_changed,
    household_member,
    household_registered,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment.builders import BASE, Employment, job_requested, open_employment, worker_id
from tests.problems import problem


def test_employment_reacts_to_what_the_catalogue_says_it_reads() -> None:
    assert set(HANDLERS) == {entry.type for entry in CATALOGUE.values() if "employment" in entry.readers}


async def numbers(employment: Employment, **wanted: Any) -> list[int]:
    return [worker["member_no"] for worker in await employment.items("workers", **wanted)]


async def test_members_with_labour_who_are_not_at_school_are_workers(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    members = [household_member(number, labour=labour) for number, labour in enumerate(Labour, start=1)]
    event = household_registered(*members, household_member(6, student=True), household_member(7, birth_year=1950))
    employment = await open_employment(open_house, client_for, event)
    assert await numbers(employment) == [1, 2, 3]
    first = (await employment.items("workers"))[0]
    assert first.pop("updated_at").endswith("Z")
    assert first == {
        "worker_id": worker_id(1),
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "member_no": 1,
        "sex": "M",
        "birth_year": 1980,
        "birthday_known": False,
        "labour": "ordinary",
        "status": "idle",
    }


@pytest.mark.parametrize(
    ("born", "today", "listed"),
    [
        ("2010-12-20", "2026-12-19", False),
        ("2010-12-20", "2026-12-20", True),
        ("2008-02-29", "2024-02-28", False),
        ("2008-02-29", "2024-02-29", True),
        ("2012-02-29", "2028-02-29", True),
        ("1966-11-17", "2026-11-16", True),
        ("1966-11-16", "2026-11-16", False),
        ("1968-02-29", "2028-02-28", True),
        ("1968-02-29", "2028-02-29", False),
    ],
)
async def test_a_worker_is_listed_from_the_birthday_on_and_until_one(
    open_house: OpenHouse, client_for: ClientFor, born: str, today: str, listed: bool
) -> None:
    born_on = dt.date.fromisoformat(born)
    event = household_registered(household_member(1, birth_year=born_on.year, born_on=born_on))
    employment = await open_employment(open_house, client_for, event, today=dt.date.fromisoformat(today))
    assert await numbers(employment) == ([1] if listed else [])


@pytest.mark.parametrize(
    ("birth_year", "today", "listed"),
    [
        (2010, dt.date(2026, 12, 31), []),
        (2010, dt.date(2027, 1, 1), [1]),
        (1967, dt.date(2027, 12, 31), [1]),
        (1967, dt.date(2028, 1, 1), []),
    ],
)
async def test_of_whom_the_year_of_birth_alone_is_known_is_too_young_until_the_year_after_and_not_too_old_in_it(
    open_house: OpenHouse, client_for: ClientFor, birth_year: int, today: dt.date, listed: list[int]
) -> None:
    event = household_registered(household_member(1, birth_year=birth_year))
    assert await numbers(await open_employment(open_house, client_for, event, today=today)) == listed


async def test_a_place_may_set_its_own_working_age(
    open_house: OpenHouse, client_for: ClientFor, tmp_path: Path
) -> None:
    parameter = """
- key: employment.working_age
  unit: years
  concept: 劳动年龄
  description: Ages of workers.
  values:
    - {from: 2021-01-01, to: null, value: {min: 18, max: 65}, reference: A document of the county, status: in_force}
"""
    for folder, region, text in (
        ("national", "00", parameter.replace("min: 18, max: 65", "min: 16, max: 59")),
        ("520626_dejiang", "520626", parameter),
    ):
        (tmp_path / "packs" / folder).mkdir(parents=True)
        manifest = f'id: {folder}\nregion: "{region}"\ntitle: x\nversion: "1"\nsource: x\n'
        (tmp_path / "packs" / folder / "pack.yaml").write_text(manifest)
        (tmp_path / "packs" / folder / "employment.yaml").write_text(text)
    policy = PolicyBook.load(tmp_path / "packs")
    event = household_registered(household_member(1, birth_year=1962), household_member(2, birth_year=2009))
    employment = await open_employment(open_house, client_for, event, policy=policy)
    elsewhere = [household_member(number, birth_year=year) for number, year in ((3, 1962), (4, 2009))]
    await deliver(
        employment.house,
        household_registered(*elsewhere, household_code="YJ-0001", region_code=OTHER_COUNTY_REGION),
    )
    assert await numbers(employment, region_code="520626") == [1]
    assert await numbers(employment, region_code="5206") == [1, 4], "each by the limits of the own region"
    assert await numbers(employment) == [1, 4]
    both = Actor("two-counties", frozenset(), ("520625", "520626"))
    shown = await employment.house.database.read(workers, WorkerList(), actor=both)
    assert [worker.member_no for worker in shown.items] == [1, 4]
    await employment.put_vacancy(min_age=0, max_age=120)
    placed = [await employment.place(number) for number in (1, 2)]
    placed += [await employment.place(number, household_code="YJ-0001") for number in (3, 4)]
    assert [answer.status_code for answer in placed] == [201, 409, 409, 201], "who is listed can be placed"


async def test_without_a_working_age_nobody_is_judged(open_house: OpenHouse, client_for: ClientFor) -> None:
    employment = await open_employment(open_house, client_for, household_registered(), today=dt.date(2020, 6, 1))
    answer = await employment.client.get(f"{BASE}/workers")
    assert problem(answer) == (409, "policy-value-missing", [])


HISTORY = (
    household_registered(household_member(1), household_member(2), household_member(3, labour=Labour.WEAK)),
    household_changed(
        2,
        household_member(1, labour=Labour.LOST),
        household_member(2),
        household_member(4, birth_year=2000, sex=Sex.FEMALE),
    ),
    household_changed(
        3,
        household_member(1, labour=Labour.SKILLED),
        household_member(4, birth_year=2001),
        region_code=OTHER_COUNTY_REGION,
    ),
)


@pytest.mark.parametrize("length", [1, 2, 3])
async def test_household_events_twice_and_in_any_order_leave_the_same_workers(
    open_house: OpenHouse, client_for: ClientFor, length: int
) -> None:
    employment = await open_employment(open_house, client_for)
    orders = list(itertools.permutations(HISTORY[:length]))
    for number, order in enumerate(orders):
        for event in order:
            alone = event.model_copy(update={"household_code": f"ALONE-{number}"})
            await deliver(employment.house, alone)
            await deliver(employment.house, alone)
        twice = [event.model_copy(update={"household_code": f"BATCH-{number}"}) for event in order for _ in "12"]
        await deliver(employment.house, *twice)
    expected = [
        [(1, 1980, "ordinary"), (2, 1980, "ordinary"), (3, 1980, "weak")],
        [(2, 1980, "ordinary"), (4, 2000, "ordinary")],
        [(1, 1980, "skilled"), (4, 2001, "ordinary")],
    ][length - 1]
    for code in (f"{kind}-{number}" for kind in ("ALONE", "BATCH") for number in range(len(orders))):
        found = await employment.items("workers", household_code=code)
        assert [(worker["member_no"], worker["birth_year"], worker["labour"]) for worker in found] == expected
        assert {worker["region_code"] for worker in found} == {HISTORY[length - 1].region_code}


async def test_a_replay_of_household_events_and_requests_changes_nothing(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    told = (*HISTORY[:2], job_requested())
    employment = await open_employment(open_house, client_for, *told)
    await employment.put_vacancy()
    await employment.started(2, request_id=str(job_requested().measure_id))
    before = await employment.everything()
    await deliver(employment.house, *told)
    await deliver(employment.house, *reversed(told))
    assert await employment.everything() == before


async def test_a_change_of_the_household_leaves_the_work_of_those_who_stay_alone(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await open_employment(open_house, client_for, household_registered())
    await employment.put_vacancy()
    placement = await employment.started()
    at_school = household_member(1, student=True)
    await deliver(
        employment.house, household_changed(2, at_school, household_member(2), region_code=OTHER_COUNTY_REGION)
    )
    assert await numbers(employment) == [2]
    [shown] = await employment.items("placements", region_code="520625")
    assert (shown["placement_id"], shown["status"], shown["region_code"]) == (placement, "started", OTHER_COUNTY_REGION)
    assert (await employment.act(placement, "end")).status_code == 200
    await deliver(employment.house, household_changed(3, household_member(1), household_member(2)))
    assert [worker["status"] for worker in await employment.items("workers")] == ["idle", "idle"]


async def test_household_events_and_placements_at_once_lose_nothing(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await open_employment(open_house, client_for, household_registered())
    await employment.put_vacancy()
    changes = [
        deliver(employment.house, household_changed(n, household_member(1), household_member(2, labour=labour)))
        for n, labour in zip(range(2, 6), Labour, strict=False)
    ]
    await asyncio.gather(employment.placed(), *changes)
    [first, *_] = await employment.items("workers")
    assert (first["member_no"], first["status"]) == (1, "offered")


async def test_workers_are_found_by_household_region_and_status(open_house: OpenHouse, client_for: ClientFor) -> None:
    employment = await open_employment(
        open_house,
        client_for,
        household_registered(household_code="A"),
        household_registered(household_member(1), household_code="B", region_code=OTHER_COUNTY_REGION),
        household_registered(household_member(1), household_code="C"),
    )
    await employment.put_vacancy()
    await employment.placed(household_code="C")
    await employment.started(2, household_code="A")

    async def found(client: Employment = employment, **wanted: str) -> list[tuple[str, int]]:
        return [(worker["household_code"], worker["member_no"]) for worker in await client.items("workers", **wanted)]

    assert await found() == [("A", 1), ("A", 2), ("B", 1), ("C", 1)]
    assert await found(household_code="A") == [("A", 1), ("A", 2)]
    assert await found(region_code="520625") == [("B", 1)]
    assert await found(status="idle") == [("A", 1), ("B", 1)]
    assert await found(status="offered") == [("C", 1)]
    assert await found(status="employed") == [("A", 2)]
    neighbour = Employment(employment.house, client_for(employment.house, region="520625"))
    assert await found(neighbour) == [("B", 1)]
    answer = await neighbour.client.get(f"{BASE}/workers", params={"region_code": "520626"})
    assert problem(answer)[:2] == (403, "region-not-allowed")


async def test_pages_hold_every_worker_once(open_house: OpenHouse, client_for: ClientFor) -> None:
    events = [household_registered(household_code=f"DJ-{number}") for number in range(3)]
    employment = await open_employment(open_house, client_for, *events)
    seen: list[tuple[str, int]] = []
    cursor: dict[str, str] = {}
    while not seen or cursor:
        page = await employment.get("workers", limit=4, **cursor)
        seen += [(worker["household_code"], worker["member_no"]) for worker in page["items"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
    assert seen == [(f"DJ-{number}", member_no) for number in range(3) for member_no in (1, 2)]


@pytest.mark.parametrize("wanted", [{"status": "lazy"}, {"region_code": "52062"}, {"household_code": "a b"}])
async def test_a_bad_question_is_refused(open_house: OpenHouse, client_for: ClientFor, wanted: dict[str, str]) -> None:
    employment = await open_employment(open_house, client_for)
    answer = await employment.client.get(f"{BASE}/workers", params=wanted)
    assert problem(answer)[:2] == (422, "invalid")


@pytest.mark.parametrize("path", ["workers", "vacancies", "placements", "wages"])
async def test_a_cursor_of_another_list_is_refused(open_house: OpenHouse, client_for: ClientFor, path: str) -> None:
    employment = await open_employment(open_house, client_for)
    answer = await employment.client.get(f"{BASE}/{path}", params={"cursor": "WyIveCIsICJhIl0"})
    assert problem(answer) == (422, "invalid", ["/cursor"])


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("workers", ["a", "99999999999999999999"]),
        ("workers", ["a", "-1"]),
        ("workers", ["a", "one"]),
        ("workers", ["a"]),
        ("workers", ["a", "1", "2"]),
        ("workers", ["a\0", "1"]),
        ("workers", ["\ud800", "1"]),
        ("vacancies", ["a\0"]),
        ("vacancies", ["\ud800"]),
        ("vacancies", []),
        ("placements", ["0001-01-01T00:00:00+14:00", str(derived_id("x"))]),
        ("placements", ["9999-12-31T23:59:59-14:00", str(derived_id("x"))]),
        ("placements", ["2026-01-01T00:00:00Z", "x"]),
        ("wages", ["0001-01-01T00:00:00+14:00", str(derived_id("x"))]),
        ("wages", ["x", str(derived_id("x"))]),
        ("requests", ["9999-12-31T23:59:59-14:00", str(derived_id("x"))]),
    ],
)
async def test_a_made_up_cursor_is_refused(
    open_house: OpenHouse, client_for: ClientFor, path: str, key: list[str]
) -> None:
    employment = await open_employment(open_house, client_for, household_registered())
    cursor = base64.urlsafe_b64encode(json.dumps([f"{BASE}/{path}", *key]).encode()).decode().rstrip("=")
    answer = await employment.client.get(f"{BASE}/{path}", params={"cursor": cursor})
    assert problem(answer)[:2] == (422, "invalid")


async def test_nobody_comes_after_the_greatest_number(open_house: OpenHouse, client_for: ClientFor) -> None:
    employment = await open_employment(open_house, client_for, household_registered())
    key = json.dumps([f"{BASE}/workers", "zz", "2147483648", worker_id(1)])
    cursor = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
    answer = await employment.client.get(f"{BASE}/workers", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("requests", {"household_code": "a b"}),
        ("requests", {"household_code": "x" * 65}),
        ("placements", {"updated_after": "0001-01-01T00:00:00+14:00"}),
        ("wages", {"updated_after": "9999-12-31T23:59:59-14:00"}),
        ("wages", {"updated_after": "2026-11-16"}),
        ("wages", {"household": "x"}),
    ],
)
async def test_a_filter_that_means_nothing_is_refused(
    open_house: OpenHouse, client_for: ClientFor, path: str, wanted: dict[str, str]
) -> None:
    employment = await open_employment(open_house, client_for)
    answer = await employment.client.get(f"{BASE}/{path}", params=wanted)
    assert problem(answer) == (422, "invalid", [f"/{next(iter(wanted))}"])


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "workers", "employment:read"),
        ("GET", "vacancies", "employment:read"),
        ("GET", "placements", "employment:read"),
        ("GET", "wages", "employment:read"),
        ("GET", "requests", "employment:read"),
        ("PUT", "vacancies/X", "employment:write"),
        ("POST", "placements", "employment:write"),
        ("POST", "wages", "employment:write"),
        ("POST", f"wages/{derived_id('wage', 'x')}/withdrawal", "employment:write"),
    ],
)
async def test_every_route_asks_for_its_scope(
    open_house: OpenHouse, client_for: ClientFor, method: str, path: str, scope: str
) -> None:
    employment = await open_employment(open_house, client_for)
    other = {"employment:read": "employment:write", "employment:write": "employment:read"}[scope]
    client = client_for(employment.house, scopes=(other,))
    answer = await client.request(method, f"{BASE}/{path}", json={})
    assert (answer.status_code, answer.json()["scope"]) == (403, scope)


def test_the_working_age_is_cited_as_assumed(policy_book: PolicyBook) -> None:
    value = policy_book.at(REGION, TODAY).value("employment.working_age")
    assert (dict(value.value), value.status) == ({"min": 16, "max": 59}, "assumed")


async def test_workers_can_be_asked_for_what_changed(open_house: OpenHouse, client_for: ClientFor) -> None:
    """By the household or by a placement; told again nothing changed."""
    event = household_registered(household_member(1), household_member(2))
    employment = await open_employment(open_house, client_for, event)
    first, second = await employment.items("workers")
    seen = max(first["updated_at"], second["updated_at"])
    weak = household_changed(2, household_member(1), household_member(2, labour=Labour.WEAK))
    await deliver(employment.house, weak)
    told = await employment.items("workers", updated_after=seen)
    assert [(worker["member_no"], worker["labour"]) for worker in told] == [(1, "ordinary"), (2, "weak")]
    seen = told[-1]["updated_at"]
    await deliver(employment.house, weak, event)
    assert await employment.items("workers", updated_after=seen) == []
    assert (await employment.put_vacancy()).status_code == 201
    await employment.placed()
    [placed] = await employment.items("workers", updated_after=seen)
    assert (placed["member_no"], placed["status"]) == (1, "offered")
