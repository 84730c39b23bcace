"""Keeping the register of households: versions, what is left out, one spelling, and what should be checked at home."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.util import await_only

from services.monitoring.households.commands.register import put_household
from services.monitoring.households.schemas import HouseholdIn
from services.monitoring.models.persons import Member
from shared.codes.monitoring import RiskKind
from shared.context import new_context
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.security.actor import Actor
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    household,
    illness_fact,
    member,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, issued_id, open_monitoring, without
from tests.mechanism.probe import ON_POSTGRESQL
from tests.problems import assert_problem, problem

PATH = f"/monitoring/v1/households/{HOUSEHOLD}"
BORN = dt.date(1980, 5, 1)
NUMBER = issued_id(BORN)
OUYANG = member(1, name="欧阳建国", id_number=NUMBER, health="chronic")
WIFE = member(2, name="李四", relation="spouse", sex="F", birth_date="1982-03-12")
SCOPES = ("monitoring:read", "monitoring:write")
FIELDS = ("region_code", "category", "relocated", "dibao", "registered_on", "members")
ACTOR = Actor("tester", frozenset(SCOPES), ("52",))
HIDDEN = ("name", "id_number", "birth_date", "health")


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


@pytest.fixture
def plain(monitoring: Monitoring, client_for: ClientFor) -> httpx.AsyncClient:
    """Whoever may write and not see persons."""
    return client_for(monitoring.house, scopes=SCOPES)


def body_of(document: dict[str, Any]) -> dict[str, Any]:
    """A household as it was read, to be written back."""
    return {name: document[name] for name in FIELDS}


def without_hidden(document: dict[str, Any], *names: str) -> dict[str, Any]:
    left_out = names or HIDDEN
    return document | {"members": [{k: v for k, v in one.items() if k not in left_out} for one in document["members"]]}


async def test_what_a_client_may_not_see_stays_as_it_was(monitoring: Monitoring, plain: httpx.AsyncClient) -> None:
    await monitoring.put(household([OUYANG, WIFE]))
    before = await monitoring.get(f"households/{HOUSEHOLD}")
    read = body_of((await plain.get(PATH)).json()) | {"dibao": True}

    answer = await plain.put(PATH, json=without_hidden(read))

    assert (answer.status_code, answer.json()["version"], answer.json()["members"]) == (200, 2, read["members"])
    after = await monitoring.get(f"households/{HOUSEHOLD}")
    assert without(after, "updated_at") == without(before, "updated_at") | {"dibao": True, "version": 2}
    assert after["updated_at"] > before["updated_at"]
    nulls = without_hidden(read, "name", "id_number") | {"dibao": False}
    assert (await plain.put(PATH, json=nulls)).status_code == 200
    last = await monitoring.get(f"households/{HOUSEHOLD}")
    assert without(last, "updated_at") == without(before, "updated_at") | {"version": 3}


@pytest.mark.parametrize("left_out", [(), ("name",), ("id_number",)])
async def test_a_mask_is_never_stored(
    monitoring: Monitoring, plain: httpx.AsyncClient, left_out: tuple[str, ...]
) -> None:
    await monitoring.put(household([OUYANG, WIFE]))
    read = without_hidden(body_of((await plain.get(PATH)).json()), *left_out or ("none",))
    named = [
        f"/members/{index}/{name}"
        for index, name in ((0, "name"), (0, "id_number"), (1, "name"))
        if name not in left_out
    ]

    assert problem(await plain.put(PATH, json=read)) == (422, "masked-value", named)
    assert problem(await monitoring.put(read)) == (422, "masked-value", named)
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["members"][0]["name"] == "欧阳建国"


async def test_full_width_masks_are_masks(monitoring: Monitoring) -> None:
    answer = await monitoring.put(household([member(1, name="欧＊＊")]))
    assert problem(answer) == (422, "masked-value", ["/members/0/name"])


async def test_a_new_member_is_told_of_in_full(monitoring: Monitoring, plain: httpx.AsyncClient) -> None:
    await monitoring.put(household([OUYANG]))
    child = member(2, relation="child", labour="none")
    father = {name: value for name, value in OUYANG.items() if name not in HIDDEN}
    for name in ("name", "birth_date", "health"):
        answer = await plain.put(PATH, json=household([father, without(child, name)]))
        assert problem(answer) == (422, "household-invalid", [f"/members/1/{name}"])
    answer = await plain.put(PATH, json=household([father, without(child, "id_number")]))
    assert answer.status_code == 200
    assert [one["id_number"] for one in (await monitoring.get(f"households/{HOUSEHOLD}"))["members"]] == [NUMBER, None]
    everything = household([member(1) | dict.fromkeys(HIDDEN)])
    assert problem(await plain.put(f"{PATH}-2", json=everything))[2] == [
        f"/members/0/{name}" for name in ("name", "birth_date", "health")
    ]


@pytest.mark.parametrize("guess", ["1980-05-01", "1980-05-02"])
async def test_no_answer_tells_whether_a_guess_was_right(
    monitoring: Monitoring, plain: httpx.AsyncClient, guess: str
) -> None:
    await monitoring.put(household([OUYANG]))
    nothing = {name: value for name, value in OUYANG.items() if name not in HIDDEN}
    by_number = await plain.put(
        PATH, json=household([nothing | {"id_number": issued_id(dt.date.fromisoformat(guess))}])
    )
    assert problem(by_number)[2] == ["/members/0/name", "/members/0/birth_date", "/members/0/health"]
    by_day = await plain.put(PATH, json=household([nothing | {"birth_date": guess, "health": "disabled"}]))
    assert (by_day.status_code, by_day.json()["warnings"]) == (200, [])


async def test_who_is_not_told_of_by_name_is_still_the_same_person(
    monitoring: Monitoring, plain: httpx.AsyncClient
) -> None:
    await monitoring.put(household([WIFE | {"relation": "head"}]))
    put_right = {name: value for name, value in WIFE.items() if name not in {"name", "id_number"}}
    answer = await plain.put(PATH, json=household([put_right | {"birth_date": "1983-03-12", "sex": "M"}]))
    assert answer.status_code == 200
    first, second = [event.data.members[0] for event in await monitoring.events()]
    assert (first.person_id, second.sex, second.born_on) == (second.person_id, "M", dt.date(1983, 3, 12))
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["members"][0]["name"] == "李四"


async def test_a_number_left_out_goes_with_its_person(monitoring: Monitoring) -> None:
    await monitoring.put(household([OUYANG]))
    await monitoring.put(household([without(OUYANG, "id_number")], dibao=True))
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["members"][0]["id_number"] == NUMBER
    await monitoring.put(household([without(OUYANG, "id_number") | {"birth_date": "1990-02-02"}]))
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["members"][0]["id_number"] is None


async def test_whoever_sees_a_number_takes_it_away_and_nobody_else(
    monitoring: Monitoring, plain: httpx.AsyncClient
) -> None:
    await monitoring.put(household([OUYANG]))
    nulled = household([OUYANG | {"id_number": None}])
    await plain.put(PATH, json=nulled)
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["members"][0]["id_number"] == NUMBER
    await monitoring.put(nulled)
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["members"][0]["id_number"] is None


async def test_another_year_of_birth_than_the_birthday_is_refused(
    monitoring: Monitoring, plain: httpx.AsyncClient
) -> None:
    await monitoring.put(household([OUYANG]))
    read = body_of(await monitoring.get(f"households/{HOUSEHOLD}"))
    assert (await monitoring.put(read)).json()["version"] == 1
    read["members"][0]["birth_year"] = 1981
    assert problem(await monitoring.put(read))[2] == ["/members/0/birth_year"]
    assert problem(await plain.put(PATH, json=without_hidden(read)))[2] == ["/members/0/birth_year"]


async def test_a_change_of_a_version_that_is_gone_is_refused(monitoring: Monitoring) -> None:
    put = monitoring.client.put
    absent = await put(PATH, json=household(), headers={"If-Match": "*"})
    assert assert_problem(absent, 412, "version-changed")["version"] is None
    first = await monitoring.put()
    read = await monitoring.client.get(PATH)
    assert [answer.headers["etag"] for answer in (first, read)] == ['"1"', '"1"']

    mine = await put(PATH, json=household(dibao=True), headers={"If-Match": '"1"'})
    hers = await put(PATH, json=household(relocated=True), headers={"If-Match": '"1"'})
    theirs = await put(PATH, json=household(relocated=True), headers={"If-Match": '"7", W/"2"'})

    assert (mine.status_code, mine.headers["etag"]) == (200, '"2"')
    assert assert_problem(hers, 412, "version-changed")["version"] == 2
    assert (theirs.status_code, theirs.headers["etag"]) == (200, '"3"')
    garbled = await put(PATH, json=household(), headers={"If-Match": "three"})
    assert problem(garbled)[:2] == (400, "malformed-request")


async def test_of_many_changes_of_one_version_at_once_one_is_made(monitoring: Monitoring) -> None:
    await monitoring.put()
    bodies = [household([member(1, name=f"成员{number}")]) for number in range(8)]
    headers = {"If-Match": '"1"'}
    answers = await asyncio.gather(*(monitoring.client.put(PATH, json=each, headers=headers) for each in bodies))

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    [made] = [answer.json() for answer in answers if answer.status_code == 200]
    assert await monitoring.get(f"households/{HOUSEHOLD}") == made
    assert len(await monitoring.events("household-changed.v1")) == 1


async def test_of_many_changes_at_once_each_gets_a_version_of_its_own(monitoring: Monitoring) -> None:
    await monitoring.put()
    bodies = [household([member(1, name=f"成员{number}")]) for number in range(8)]
    answers = await asyncio.gather(*(monitoring.put(each) for each in bodies))

    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 10))
    assert sorted(event.data.version for event in await monitoring.events("household-changed.v1")) == list(range(2, 10))
    [last] = [answer.json() for answer in answers if answer.json()["version"] == 9]
    assert await monitoring.get(f"households/{HOUSEHOLD}") == last


@ON_POSTGRESQL
async def test_a_change_waits_for_the_one_under_way(monitoring: Monitoring) -> None:
    """Whoever reads the household without its lock answers from the version before, and two changes share a version."""
    await monitoring.put()
    entered, go_on = asyncio.Event(), asyncio.Event()

    def slow(uow: UnitOfWork) -> None:
        put_household(uow, HOUSEHOLD, HouseholdIn.model_validate(household(dibao=True)))
        entered.set()
        await_only(go_on.wait())

    first = asyncio.create_task(monitoring.house.database.write(slow, actor=ACTOR, context=new_context()))
    async with asyncio.timeout(30):
        await entered.wait()
    second = asyncio.create_task(monitoring.put(household(relocated=True)))
    done, _ = await asyncio.wait({second}, timeout=0.3)
    assert not done
    go_on.set()
    await first
    assert (await second).json()["version"] == 3


async def test_members_are_answered_by_number_in_whatever_order_they_are_kept(monitoring: Monitoring) -> None:
    document = household([member(number, relation="head" if number == 1 else "other") for number in (9, 2, 30, 1)])
    assert [one["member_no"] for one in (await monitoring.put(document)).json()["members"]] == [1, 2, 9, 30]

    def turn_around(uow: UnitOfWork) -> None:
        table = table_of(Member)
        rows = uow.connection.execute(sa.select(table).order_by(table.c.member_no.desc())).mappings().all()
        uow.connection.execute(sa.delete(table))
        uow.connection.execute(sa.insert(table), [dict(row) for row in rows])

    await monitoring.house.database.write(turn_around)
    assert [one["member_no"] for one in (await monitoring.get(f"households/{HOUSEHOLD}"))["members"]] == [1, 2, 9, 30]
    assert (await monitoring.put(document)).json()["version"] == 1
    [told] = await monitoring.events("household-registered.v1")
    assert [one.member_no for one in told.data.members] == [1, 2, 9, 30]


async def test_one_number_in_two_households_is_told_at_both(
    monitoring: Monitoring, client_for: ClientFor, plain: httpx.AsyncClient
) -> None:
    await monitoring.put(household([OUYANG]))
    second = await monitoring.put(household([OUYANG], region_code=OTHER_COUNTY_REGION), code="YJ-0001")
    assert second.json()["warnings"] == [f"members/0/id_number: registered in {HOUSEHOLD}, too"]
    assert (await monitoring.put(household([OUYANG]))).json()["warnings"] == [
        "members/0/id_number: registered in YJ-0001, too"
    ]
    county = client_for(monitoring.house, region="520626", scopes=SCOPES)
    assert (await county.get(PATH)).json()["warnings"] == ["members/0/id_number: registered in another household, too"]
    lower = household([OUYANG | {"id_number": f"{NUMBER.lower()} "}])
    assert len((await monitoring.put(lower, code="DJ-0003")).json()["warnings"]) == 1

    await monitoring.client.post(f"{PATH}/end", json={"on": str(TODAY), "reason": "merged"})
    await monitoring.put(household([WIFE | {"relation": "head"}]), code="DJ-0003")
    assert (await plain.get("/monitoring/v1/households/YJ-0001")).json()["warnings"] == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"birth_date": "0001-01-01"}, "/members/0/birth_date"),
        ({"birth_date": "1066-10-14"}, "/members/0/birth_date"),
        ({"birth_date": "1850-01-01"}, "/members/0/birth_date"),
        ({"birth_date": "1899-12-31"}, "/members/0/birth_date"),
        ({"birth_date": "2026-11-17"}, "/members/0/birth_date"),
        ({"id_number": issued_id(dt.date(2028, 2, 29))}, "/members/0/id_number"),
        ({"id_number": issued_id(TODAY + dt.timedelta(days=1))}, "/members/0/id_number"),
        ({"id_number": issued_id(dt.date(1899, 12, 31))}, "/members/0/id_number"),
    ],
)
async def test_nobody_is_born_on_an_impossible_day(
    monitoring: Monitoring, changes: dict[str, Any], pointer: str
) -> None:
    assert problem(await monitoring.put(household([member(1, **changes)]))) == (422, "household-invalid", [pointer])


async def test_no_household_was_registered_on_an_impossible_day(monitoring: Monitoring) -> None:
    for day in ("0001-01-01", "1899-12-31", "2026-11-17"):
        answer = await monitoring.put(household(registered_on=day))
        assert problem(answer) == (422, "household-invalid", ["/registered_on"])
    oldest = member(1, birth_date="1900-01-01", id_number=issued_id(dt.date(1900, 1, 1)))
    today = member(2, birth_date=str(TODAY), id_number=issued_id(TODAY, place="520626"))
    assert (await monitoring.put(household([oldest, today]))).status_code == 201


@pytest.mark.parametrize("region", ["520626000000", "520626001000"])
async def test_a_household_lies_in_a_village(monitoring: Monitoring, region: str) -> None:
    answer = await monitoring.put(household(region_code=region))
    assert answer.status_code == 201
    assert [warning.partition(":")[0] for warning in answer.json()["warnings"]] == ["region_code"]
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["warnings"] == answer.json()["warnings"]
    assert (await monitoring.put(household(region_code=REGION))).json()["warnings"] == []


@pytest.mark.parametrize("name", ["", " ", "\u3000", "\u200b", "王\u200b", "\u3164", "王\u202e", "a\nb"])
async def test_a_name_can_be_read(monitoring: Monitoring, name: str) -> None:
    assert problem(await monitoring.put(household([member(1, name=name)]))) == (422, "invalid", ["/members/0/name"])


async def test_blanks_around_a_name_are_no_part_of_it(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(1, name=" 王建国\u3000")]))
    assert (await monitoring.put(household([member(1, name="王建国")]))).json()["version"] == 1


@pytest.mark.parametrize("code", [NUMBER, NUMBER.lower(), f"DJ-{NUMBER}", "..", "..."])
async def test_a_code_is_no_path_and_no_identity_number(monitoring: Monitoring, code: str) -> None:
    path = code.replace(".", "%2E")
    answer = await monitoring.client.put(f"/monitoring/v1/households/{path}", json=household())
    assert answer.status_code in {404, 422}
    assert not any((await monitoring.counts()).values())


async def test_a_code_has_one_spelling(monitoring: Monitoring) -> None:
    answers = await asyncio.gather(*(monitoring.put(code=code) for code in ("DJ-7", "dj-7", "Dj-7", "dJ-7")))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert problem(refused) == (409, "code-in-other-spelling", [])
    assert len(await monitoring.events()) == 1


async def test_a_household_is_changed_from_its_own_region_or_one_around_it(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.put()
    for region, status in (("520626001001", 200), ("520626001", 200), ("520626", 200), ("5206", 200), ("52", 200)):
        client = client_for(monitoring.house, region=region)
        assert (await client.put(PATH, json=household(dibao=len(region) % 4 == 0))).status_code == status
    for region in ("520625", "520626002", "44"):
        client = client_for(monitoring.house, region=region)
        taken = household(region_code="440305001001" if region == "44" else OTHER_COUNTY_REGION)
        assert (await client.put(PATH, json=taken)).status_code in {403, 404}
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["region_code"] == REGION


async def test_a_new_code_like_those_of_another_county_is_a_warning(monitoring: Monitoring) -> None:
    assert (await monitoring.put(code="DJ-1")).json()["warnings"] == []
    strange = await monitoring.put(household(region_code=OTHER_COUNTY_REGION), code="dj-2")
    assert (strange.status_code, strange.json()["warnings"]) == (
        201,
        ["household_code: codes that begin with dj- are those of another county"],
    )
    assert (await monitoring.put(code="DJ-3")).json()["warnings"] == []
    division = await monitoring.put(code="520625-1")
    assert [warning.partition(":")[0] for warning in division.json()["warnings"]] == ["household_code"]
    assert (await monitoring.put(code="520626-1")).json()["warnings"] == []
    assert (await monitoring.put(code="7")).json()["warnings"] == []


async def test_who_looked_at_persons_in_clear_is_known(
    monitoring: Monitoring, plain: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await monitoring.put(household([OUYANG, WIFE]))
    await monitoring.record(illness_fact())
    risk = await monitoring.the_risk(RiskKind.NEW_ILLNESS)
    officer = client_for(monitoring.house, client_id="officer", scopes=(*SCOPES, "monitoring:pii"))
    left_out = household([without(OUYANG, "id_number"), WIFE])
    places = (PATH, f"{PATH}/verdicts", f"/monitoring/v1/risks/{risk['risk_id']}")
    for client in (plain, officer):
        for place in places:
            answer = await client.get(place, headers={"X-Purpose": "visit", "X-Correlation-Id": "chain-1"})
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert (await client.put(PATH, json=left_out)).status_code in {200, 422}
        assert (await client.get("/monitoring/v1/households/DJ-9999")).status_code == 404

    rows = await audit_rows(monitoring.house)
    looks = [row for row in rows if row["action"] == "person.read" and row["actor"] != "tester"]
    assert [(row["actor"], row["subject"], row["reason"], row["correlation_id"]) for row in looks[:-1]] == 3 * [
        ("officer", HOUSEHOLD, "visit", "chain-1")
    ]
    assert (len(looks), looks[-1]["actor"], looks[-1]["reason"]) == (4, "officer", None)
    operator = client_for(monitoring.house, scopes=("ops:admin",))
    shown = (await operator.get("/monitoring/v1/audit", params={"subject": HOUSEHOLD})).json()["items"]
    assert [row["action"] for row in shown][:4] == 4 * ["person.read"]
    assert all(row["before"] is None and row["after"] is None for row in shown)


async def test_no_birthday_and_no_name_is_in_the_audit(monitoring: Monitoring) -> None:
    await monitoring.put(household([OUYANG, WIFE]))
    await monitoring.put(household([OUYANG]))
    rows = str(await audit_rows(monitoring.house))
    assert not {secret for secret in ("欧阳", NUMBER, "1980-05-01", "1982-03-12") if secret in rows}
