"""Facts that name a person by identity number: found where the person is registered, and the number goes no further."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.monitoring.models import METADATA
from shared.db.unit_of_work import Reading
from shared.house import House
from tests.at_once import with_the_first_uncommitted
from tests.builders import (
    OTHER_COUNTY_REGION,
    audit_rows,
    expense_fact,
    household,
    illness_fact,
    income_fact,
    member,
    resident_id,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, correction, open_monitoring, statuses, withdrawal, without
from tests.logged import Logged
from tests.mechanism.probe import ON_POSTGRESQL
from tests.problems import problem

BORN, BORN_TOO = dt.date(1980, 5, 1), dt.date(1982, 3, 12)
NUMBER, NUMBER_TOO = resident_id(BORN, 11), resident_id(BORN_TOO, 22)
NOBODY_S = resident_id(dt.date(1970, 1, 1))
AN, BO = (
    member(1, name="安红", id_number=NUMBER),
    member(2, name="柏青", sex="F", relation="spouse", birth_date=str(BORN_TOO), id_number=NUMBER_TOO),
)
HOME, ELSEWHERE = "DJ-0001", "DJ-0002"
WRITES = ("monitoring:write", "monitoring:match")


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put(household([AN, BO]), HOME)
    await found.put(household([member(1, name="陈新")]), ELSEWHERE)
    return found


@pytest.fixture
def insurer(monitoring: Monitoring, client_for: ClientFor) -> httpx.AsyncClient:
    """A department that reports by identity number and sees nothing."""
    return client_for(monitoring.house, scopes=WRITES, region="520626", client_id="insurer")


def of(number: str, fact: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The fact about the person of a number."""
    return without(without(fact, "household_code"), "member_no") | {"id_number": number} | changes


def ill(source_ref: str, **changes: Any) -> dict[str, Any]:
    """A diagnosis under a reference of its own."""
    return illness_fact(**changes) | {"source_ref": source_ref}


async def post(client: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    return await client.post("/monitoring/v1/facts", json=body, headers=headers)


async def about(monitoring: Monitoring, answer: httpx.Response) -> tuple[str, int | None]:
    fact = await monitoring.get(f"facts/{answer.json()['fact_id']}")
    return fact["household_code"], fact["member_no"]


def everything_kept(reading: Reading) -> str:
    """All that every table of the house holds, as it lies there."""
    rows = [
        dict(row) for table in METADATA.sorted_tables for row in reading.connection.execute(sa.select(table)).mappings()
    ]
    return json.dumps(rows, default=lambda value: value.decode() if isinstance(value, bytes) else str(value))


async def kept(house: House) -> str:
    return await house.database.read(everything_kept)


async def move(monitoring: Monitoring) -> None:
    """The second person of the household moves to another one."""
    await monitoring.put(household([AN]), HOME)
    await monitoring.put(household([member(1, name="陈新"), BO | {"member_no": 7, "relation": "other"}]), ELSEWHERE)


async def test_each_type_of_fact_is_about_the_person_of_the_number(
    monitoring: Monitoring, insurer: httpx.AsyncClient
) -> None:
    told = [income_fact("2026-09", "100.00"), expense_fact("2026-09", "80000.00", "60000.00"), illness_fact()]
    answers = [await post(insurer, of(NUMBER_TOO, fact)) for fact in told]
    by_household = ill("by-household", household_code=HOME, member_no=2)

    assert [answer.status_code for answer in answers] == [201] * 3
    assert [set(answer.json()) for answer in answers] == [{"fact_id", "status"}] * 3
    assert [await about(monitoring, answer) for answer in answers] == [(HOME, 2)] * 3
    assert (await monitoring.post(by_household)).status_code == 201
    risks = await monitoring.risks(household_code=HOME)
    assert "new_illness" in {risk["kind"] for risk in risks}
    assert (await monitoring.get(f"households/{HOME}/income"))["branches"]["wage"] == "100.00"


async def test_a_fact_by_number_is_the_fact_by_household(monitoring: Monitoring, insurer: httpx.AsyncClient) -> None:
    wage = income_fact("2026-09", "100.00", household_code=HOME, member_no=1)
    by_number, by_household = await post(insurer, of(NUMBER, wage)), await monitoring.post(wage)
    again, other = await post(insurer, of(NUMBER, wage)), await post(insurer, of(NUMBER_TOO, wage))

    assert [answer.status_code for answer in (by_number, by_household, again)] == [201, 200, 200]
    assert by_household.json()["fact_id"] == again.json()["fact_id"] == by_number.json()["fact_id"]
    assert problem(other) == (409, "fact-contradicts", [])
    assert (await monitoring.counts())["fact"] == 1


@pytest.mark.parametrize("spelled", [NUMBER.lower(), f" {NUMBER} ", "".join(chr(ord(c) + 0xFEE0) for c in NUMBER)])
async def test_a_number_is_found_however_it_is_spelled(
    monitoring: Monitoring, insurer: httpx.AsyncClient, spelled: str
) -> None:
    answer = await post(insurer, of(spelled, illness_fact()))
    assert answer.status_code == 201, answer.text
    assert await about(monitoring, answer) == (HOME, 1)


def invalid(*pointers: str) -> tuple[int, str, list[str]]:
    return 422, "invalid", list(pointers)


REFUSED = {
    "nobody's number": (of(NOBODY_S, illness_fact()), (404, "person-unknown", [])),
    "of 15 digits": (of("522226800501001", illness_fact()), invalid("/id_number")),
    "miscopied": (of(NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2"), illness_fact()), invalid("/id_number")),
    "of no day": (of(f"522226198013{NUMBER[12:]}", illness_fact()), invalid("/id_number")),
    "no number": (of("x" * 18, illness_fact()), invalid("/id_number")),
    "a number that is no text": (of(NUMBER, illness_fact(), id_number=522226198005010011), invalid("/id_number")),
    "beside the household": (illness_fact() | {"id_number": NUMBER}, invalid("/")),
    "beside the member": (of(NUMBER, illness_fact(), member_no=1), invalid("/")),
    "neither": (without(illness_fact(), "household_code"), invalid("/")),
    "an empty household": (illness_fact(household_code=""), invalid("/household_code")),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_refusal_says_why_and_does_not_repeat_the_number(
    monitoring: Monitoring, insurer: httpx.AsyncClient, name: str
) -> None:
    body, expected = REFUSED[name]
    counts = await monitoring.counts()
    alone, batch = await post(insurer, body), await post(insurer, {"facts": [body]})

    assert problem(alone) == expected
    assert statuses(batch) == [expected[0]]
    sent = str(body.get("id_number", NUMBER))
    assert sent not in alone.text + batch.text
    assert await monitoring.counts() == counts


async def test_whoever_may_not_match_is_refused_each_fact_that_names_a_number(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    village = client_for(monitoring.house, scopes=("monitoring:write", "monitoring:pii"))
    alone = await post(village, of(NUMBER, illness_fact()))
    batch = await post(village, {"facts": [of(NUMBER, illness_fact()), ill("named")]})
    unknown = await post(village, of(NOBODY_S, illness_fact()))

    assert [problem(answer) for answer in (alone, unknown)] == [(403, "scope-missing", [])] * 2
    assert statuses(batch) == [403, 201]


async def test_somebody_in_two_households_is_ambiguous_and_one_elsewhere_is_unknown(
    monitoring: Monitoring, client_for: ClientFor, insurer: httpx.AsyncClient
) -> None:
    neighbour = client_for(monitoring.house, scopes=WRITES, region="520625", client_id="neighbour")
    province = client_for(monitoring.house, scopes=WRITES, region="52", client_id="province")
    unknown = await post(neighbour, of(NUMBER, illness_fact()))
    await monitoring.put(household([AN], region_code=OTHER_COUNTY_REGION), "YJ-0001")
    ambiguous = await post(province, of(NUMBER, illness_fact()))
    own = await post(insurer, of(NUMBER, illness_fact()))
    theirs = await post(neighbour, of(NUMBER, ill("theirs")))
    await monitoring.put(household([AN]), "DJ-0009")
    within = await post(insurer, of(NUMBER, ill("again")))

    assert problem(unknown) == (404, "person-unknown", [])
    assert [problem(answer) for answer in (ambiguous, within)] == [(409, "person-ambiguous", [])] * 2
    assert HOME not in ambiguous.text + within.text
    assert [await about(monitoring, answer) for answer in (own, theirs)] == [(HOME, 1), ("YJ-0001", 1)]


async def test_sent_again_after_a_move_it_is_the_same_fact_where_it_was(
    monitoring: Monitoring, insurer: httpx.AsyncClient
) -> None:
    wage = income_fact("2026-09", "100.00")
    first = await post(insurer, of(NUMBER_TOO, wage))
    await move(monitoring)
    again = await post(insurer, of(NUMBER_TOO, wage))
    in_batch = await post(insurer, {"facts": [of(NUMBER_TOO, wage)]})
    otherwise = await post(insurer, of(NUMBER_TOO, wage, payload=wage["payload"] | {"amount": "101.00"}))
    of_another = await post(insurer, of(NUMBER, wage))
    later = await post(insurer, of(NUMBER_TOO, wage, source_ref="later"))

    assert (again.status_code, again.json()) == (200, first.json() | {"status": "duplicate"})
    assert statuses(in_batch) == [200]
    assert [problem(answer) for answer in (otherwise, of_another)] == [(409, "fact-contradicts", [])] * 2
    assert [await about(monitoring, answer) for answer in (first, later)] == [(HOME, 2), (ELSEWHERE, 7)]
    assert (await monitoring.counts())["fact"] == 2


async def test_a_correction_and_a_withdrawal_follow_the_fact_not_the_person(
    monitoring: Monitoring, insurer: httpx.AsyncClient
) -> None:
    wage = income_fact("2026-09", "100.00")
    await post(insurer, of(NUMBER_TOO, wage))
    await move(monitoring)
    corrected = await post(insurer, of(NUMBER_TOO, correction(wage, "corrected", amount="150.00")))
    amount = (await monitoring.get(f"households/{HOME}/income"))["branches"]["wage"]
    taken_back = await post(insurer, of(NUMBER_TOO, withdrawal(wage | {"source_ref": "corrected"}, "taken-back")))

    assert [answer.status_code for answer in (corrected, taken_back)] == [201, 201]
    assert await about(monitoring, corrected) == (HOME, 2)
    assert amount == "150.00"
    assert (await monitoring.get(f"households/{HOME}/income"))["coverage"]["known"] == 0
    assert (await monitoring.get(f"households/{ELSEWHERE}/income"))["coverage"]["known"] == 0


async def test_who_left_or_died_is_found_for_what_was_observed_until_then(
    monitoring: Monitoring, insurer: httpx.AsyncClient
) -> None:
    await monitoring.put(household([AN]), HOME)
    before = await post(insurer, of(NUMBER_TOO, expense_fact("2026-09", "100.00", "0.00", observed_on="2026-11-16")))
    number = member(2, name="丁一", birth_date="2001-01-01")
    await monitoring.put(household([AN, number]), HOME)
    passed_on = await post(insurer, of(NUMBER_TOO, expense_fact("2026-10", "100.00", "0.00")))

    assert [answer.status_code for answer in (before, passed_on)] == [201, 201]
    assert await about(monitoring, before) == (HOME, 2)
    person = await monitoring.house.database.read(persons_of_facts)
    assert len(set(person)) == 1, "who got the number since gets nothing of it"


def persons_of_facts(reading: Reading) -> Sequence[Any]:
    return list(reading.connection.scalars(sa.select(METADATA.tables["fact"].c.person_id)))


async def test_members_of_a_household_that_ended_are_found_until_its_end(
    monitoring: Monitoring, insurer: httpx.AsyncClient
) -> None:
    end = {"on": "2026-11-10", "reason": "died"}
    assert (await monitoring.client.post(f"/monitoring/v1/households/{HOME}/end", json=end)).status_code == 201
    until = await post(insurer, of(NUMBER, illness_fact(observed_on="2026-11-10")))
    after = await post(insurer, of(NUMBER, ill("after", observed_on="2026-11-11")))
    await monitoring.put(household([AN | {"member_no": 3}]), ELSEWHERE)
    now = await post(insurer, of(NUMBER, ill("now", observed_on="2026-11-09")))

    assert problem(after) == (404, "person-unknown", [])
    assert [await about(monitoring, answer) for answer in (until, now)] == [(HOME, 1), (ELSEWHERE, 3)]


async def test_the_number_is_kept_nowhere(monitoring: Monitoring, insurer: httpx.AsyncClient, logged: Logged) -> None:
    facts = [of(NUMBER, illness_fact()), of(NOBODY_S, ill("unknown"))]
    answers = [
        await post(insurer, {"facts": facts}, **{"Idempotency-Key": "k"}),
        await post(insurer, of(NUMBER, ill("alone")), **{"Idempotency-Key": "l"}),
        await post(insurer, of(NUMBER, ill("hot"))),
    ]

    told = await kept(monitoring.house) + str(await audit_rows(monitoring.house))
    told += "".join(answer.text for answer in answers) + str(await monitoring.events()) + logged.text()
    assert NUMBER not in told
    assert NOBODY_S not in told
    assert HOME not in "".join(answer.text for answer in answers), "who matches learns not where somebody lives"


@ON_POSTGRESQL
async def test_one_reference_from_two_at_once_is_one_fact(
    monitoring: Monitoring, insurer: httpx.AsyncClient, database_url: str
) -> None:
    body = {"facts": [of(NUMBER, illness_fact()), of(NUMBER_TOO, ill("too"))]}
    first, second = await with_the_first_uncommitted(
        monitoring.house, database_url, lambda: post(insurer, body), lambda: post(insurer, body)
    )
    assert sorted([*statuses(first), *statuses(second)]) == [200, 200, 201, 201]


@ON_POSTGRESQL
async def test_a_fact_that_meets_a_move_is_about_the_person_all_the_same(
    monitoring: Monitoring, insurer: httpx.AsyncClient, database_url: str
) -> None:
    """The person moves while the fact waits for the household in which it found the person."""
    heir = member(2, name="丁一", birth_date="2001-01-01")

    async def leave() -> httpx.Response:
        return await monitoring.put(household([AN, heir]), HOME)

    async def report() -> httpx.Response:
        return await post(insurer, {"facts": [of(NUMBER_TOO, illness_fact())]})

    moved, reported = await with_the_first_uncommitted(monitoring.house, database_url, leave, report)
    assert (moved.status_code, statuses(reported)) == (200, [201])
    assert await monitoring.risks(household_code=HOME) == [], "who got the number is not ill"
