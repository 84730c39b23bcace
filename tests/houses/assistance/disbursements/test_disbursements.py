"""Cash paid to households: credited once, and the end of the measure that asked for it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from shared.codes.monitoring import IncomeBranch
from shared.context import new_context
from shared.contracts.assistance import TransferCredited
from shared.contracts.envelope import Event
from shared.house import House
from shared.ids import derived_id
from shared.months import parse_month
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    deliver,
    published_as,
    risk_raised,
    waiting_events,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import CASH, DISBURSEMENTS, JOB, TASK, act, ask, cash, registered
from tests.problems import problem

FIRST = {"source": "civil-affairs", "source_ref": "2026-0001"}
FIRST_ID = derived_id("disbursement", *FIRST.values())


async def ready(open_house: OpenHouse) -> House:
    """A house that knows the household and another one, with a task open for the first."""
    house = await open_house(ASSISTANCE)
    await deliver(
        house,
        registered(),
        registered(household_code="DJ-0002"),
        registered(household_code="YJ-0001", region_code=OTHER_COUNTY_REGION),
        published_as(risk_raised(), context=new_context("chain-7")),
    )
    return house


async def credits_told(house: House) -> list[Event[Any]]:
    return [event for event in await waiting_events(house) if isinstance(event.data, TransferCredited)]


async def pay(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    return await client.post(DISBURSEMENTS, json=cash(**changes))


async def listed(client: httpx.AsyncClient, **wanted: Any) -> list[str]:
    answer = await client.get(DISBURSEMENTS, params=wanted)
    assert answer.status_code == 200, answer.text
    return [item["source_ref"] for item in answer.json()["items"]]


async def test_cash_is_recorded_and_credited(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house, client_id="county")
    answer = await client.post(DISBURSEMENTS, json=cash(), headers={"X-Correlation-ID": "payday"})

    assert answer.status_code == 201
    paid = answer.json()
    assert paid.pop("recorded_at").endswith("Z")
    assert paid.pop("updated_at").endswith("Z")
    assert paid == FIRST | {
        "disbursement_id": str(FIRST_ID),
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "measure_id": None,
        "kind": "temporary_relief",
        "month": "2026-11",
        "amount": "500.00",
        "supersedes_id": None,
        "disbursed_on": str(TODAY),
        "withdrawn_on": None,
        "recorded_by": "county",
    }
    [event] = await credits_told(house)
    assert event.data == TransferCredited(
        credit_id=FIRST_ID,
        household_code=HOUSEHOLD,
        region_code=REGION,
        branch=IncomeBranch.TRANSFER,
        month=parse_month("2026-11"),
        amount=500_00,
        credited_on=TODAY,
    )
    assert event.context.correlation_id == answer.headers["X-Correlation-ID"]
    row = (await audit_rows(house))[-1]
    assert (row["actor"], row["action"], row["subject"]) == ("county", "disbursement.recorded", str(FIRST_ID))
    assert (await client.get(DISBURSEMENTS)).json() == {"items": [answer.json()], "next_cursor": None}


async def test_the_same_again_is_kept_and_credited_once(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house)
    first, again = await pay(client), await pay(client)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(await credits_told(house)) == 1


async def test_the_same_at_once_is_recorded_once(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house)
    measure = await ask(client, **CASH)
    answers = await asyncio.gather(*(pay(client, measure_id=measure["measure_id"]) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert len(await credits_told(house)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "500.01"},
        {"month": "2026-10"},
        {"kind": "education_grant"},
        {"household_code": "DJ-0002"},
        {"measure_id": str(uuid4())},
        {"supersedes": {"source": "civil-affairs", "source_ref": "2026-0000"}},
    ],
)
async def test_one_reference_stands_for_one_disbursement(
    open_house: OpenHouse, client_for: ClientFor, changes: dict[str, Any]
) -> None:
    house = await ready(open_house)
    client = client_for(house)
    first = await pay(client)
    assert problem(await pay(client, **changes)) == (409, "disbursement-contradicts", [])
    assert (await client.get(DISBURSEMENTS)).json()["items"] == [first.json()]
    assert len(await credits_told(house)) == 1


async def test_an_idempotency_key_repeats_the_answer(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client, once = client_for(house), {"Idempotency-Key": "pay-1"}
    first = await client.post(DISBURSEMENTS, json=cash(), headers=once)
    again = await client.post(DISBURSEMENTS, json=cash(), headers=once)
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (201, first.json())


async def test_paying_what_was_asked_for_completes_the_measure_in_its_chain(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await ready(open_house)
    client = client_for(house)
    measure = await ask(client, **CASH)
    assert (await pay(client, measure_id=measure["measure_id"])).status_code == 201

    [shown] = (await client.get(TASK)).json()["measures"]
    assert shown["status"] == "completed"
    [event] = await credits_told(house)
    assert (event.data.measure_id, event.context.correlation_id) == (UUID(measure["measure_id"]), "chain-7")
    second = await pay(client, source_ref="second-part", measure_id=measure["measure_id"])
    assert problem(second) == (409, "measure-paid", [])
    assert (await client.get(TASK)).json()["measures"] == [shown]
    assert len(await credits_told(house)) == 1


async def test_a_paid_measure_stays_so_when_its_task_closes(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house)
    measure = await ask(client, **CASH)
    await pay(client, measure_id=measure["measure_id"])
    await act(client, {"action": "accept"}, {"action": "start"}, {"action": "verify", "verdict": "confirmed"})
    await act(client, {"action": "close"})
    assert [each["status"] for each in (await client.get(TASK)).json()["measures"]] == ["completed"]


async def test_only_a_wish_for_cash_of_this_household_is_answered(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house)
    job, wish = await ask(client, **JOB), await ask(client, **CASH)
    assert problem(await pay(client, measure_id=job["measure_id"])) == (409, "measure-not-transfer", [])
    assert problem(await pay(client, measure_id=str(uuid4()))) == (404, "measure-not-found", [])
    elsewhere = await pay(client, measure_id=wish["measure_id"], household_code="DJ-0002")
    assert problem(elsewhere) == (404, "measure-not-found", [])
    assert {each["status"] for each in (await client.get(TASK)).json()["measures"]} == {"requested"}
    assert await listed(client) == []
    assert await credits_told(house) == []


async def test_an_unknown_household_and_one_of_another_region_are_not_paid(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await ready(open_house)
    client = client_for(house, region="520626")
    assert problem(await pay(client, household_code="DJ-9999")) == (404, "household-unknown", [])
    assert problem(await pay(client, household_code="YJ-0001")) == (404, "household-unknown", [])
    assert await credits_told(house) == []


async def test_a_correction_names_what_it_corrects_and_only_one_does(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await ready(open_house)
    client = client_for(house)
    await pay(client)
    corrections = [cash(source_ref=f"corrected-{number}", amount="450.00", supersedes=FIRST) for number in range(4)]
    answers = await asyncio.gather(*(client.post(DISBURSEMENTS, json=body) for body in corrections))

    [done] = [answer for answer in answers if answer.status_code == 201]
    refused = [problem(answer) for answer in answers if answer is not done]
    assert refused == 3 * [(409, "disbursement-already-superseded", [])]
    assert done.json()["supersedes_id"] == str(FIRST_ID)
    told = [(event.data.amount, event.data.supersedes) for event in await credits_told(house)]
    assert told == [(500_00, None), (450_00, FIRST_ID)]
    again = await pay(client, source_ref=done.json()["source_ref"], amount="450.00", supersedes=FIRST)
    assert (again.status_code, again.json()) == (200, done.json())


@pytest.mark.parametrize(
    "changes",
    [
        {"supersedes": {"source": "civil-affairs", "source_ref": "never"}},
        {"source_ref": "other", "supersedes": {"source": "civil-affairs", "source_ref": "other"}},
        {"source_ref": "other", "household_code": "DJ-0002", "supersedes": FIRST},
    ],
)
async def test_only_a_disbursement_of_the_household_is_corrected(
    open_house: OpenHouse, client_for: ClientFor, changes: dict[str, Any]
) -> None:
    house = await ready(open_house)
    client = client_for(house)
    await pay(client)
    answer = await pay(client, **{"source_ref": "new"} | changes)
    assert problem(answer) == (404, "superseded-disbursement-not-found", [])
    assert await listed(client) == ["2026-0001"]


async def test_a_month_to_come_is_refused_and_this_one_is_not(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house)
    assert problem(await pay(client, month="2026-12")) == (422, "disbursement-invalid", ["/month"])
    assert await listed(client) == []
    assert (await pay(client, month="2026-11")).status_code == 201


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount": "0.00"}, "/amount"),
        ({"amount": "-5.00"}, "/amount"),
        ({"amount": 500}, "/amount"),
        ({"amount": "1.005"}, "/amount"),
        ({"kind": "Temporary relief"}, "/kind"),
        ({"kind": "x" * 33}, "/kind"),
        ({"kind": ""}, "/kind"),
        ({"month": "2026-13"}, "/month"),
        ({"month": 202611}, "/month"),
        ({"source": ""}, "/source"),
        ({"source_ref": "x" * 129}, "/source_ref"),
        ({"source_ref": "a\0b"}, "/source_ref"),
        ({"household_code": "DJ 1"}, "/household_code"),
        ({"measure_id": "one"}, "/measure_id"),
        ({"supersedes": {"source": "civil-affairs"}}, "/supersedes/source_ref"),
        ({"branch": "wage"}, "/branch"),
    ],
)
async def test_a_bad_disbursement_is_named_field_by_field(
    open_house: OpenHouse, client_for: ClientFor, changes: dict[str, Any], pointer: str
) -> None:
    house = await ready(open_house)
    client = client_for(house)
    assert problem(await pay(client, **changes)) == (422, "invalid", [pointer])
    assert await listed(client) == []


async def test_disbursements_are_listed_within_the_region(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house)
    for source_ref, code in (("a", HOUSEHOLD), ("b", "DJ-0002"), ("c", "YJ-0001"), ("d", HOUSEHOLD)):
        assert (await pay(client, source_ref=source_ref, household_code=code)).status_code == 201
    assert await listed(client) == ["d", "c", "b", "a"]
    assert await listed(client, household_code=HOUSEHOLD) == ["d", "a"]
    assert await listed(client, region_code="520625") == ["c"]
    neighbour = client_for(house, region="520625")
    assert await listed(neighbour) == ["c"]
    assert problem(await neighbour.get(DISBURSEMENTS, params={"region_code": "52"})) == (403, "region-not-allowed", [])

    first = (await client.get(DISBURSEMENTS, params={"limit": 3})).json()
    assert await listed(client, limit=3, cursor=first["next_cursor"]) == ["a"]
