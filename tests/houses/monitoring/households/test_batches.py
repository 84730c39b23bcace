"""Households by the thousand: each as by `PUT`, answered by itself, and the same again changes nothing."""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import pytest

from tests.at_once import with_the_first_uncommitted
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, audit_rows, household, income_fact, member, resident_id
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring, without
from tests.mechanism.probe import ON_POSTGRESQL
from tests.problems import pointers, problem

BATCH = "/monitoring/v1/households/batch"
NUMBER = resident_id(dt.date(1980, 5, 1))


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


def coded(code: str, *members: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A household of a batch."""
    return household(members or None) | {"household_code": code} | changes


async def send(
    client: httpx.AsyncClient, *households: Any, key: str | None = None, wanted: str = "all"
) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(BATCH, json={"households": list(households)}, headers=headers, params={"return": wanted})


def became(answer: httpx.Response) -> Sequence[tuple[int, str | None]]:
    """What became of each household, checked against the counts and against its problem."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    results = [item["result"] for item in body["items"]]
    assert [item["index"] for item in body["items"]] == list(range(len(results)))
    counts = {name: body[name] for name in ("created", "changed", "unchanged", "rejected")}
    assert counts == {
        "created": results.count("created"),
        "changed": results.count("changed"),
        "unchanged": results.count("unchanged"),
        "rejected": results.count(None),
    }
    assert all((item["problem"] is None) is (item["result"] is not None) for item in body["items"])
    return [(item["status"], item["result"] or code_of(item)) for item in body["items"]]


def code_of(item: Mapping[str, Any]) -> str:
    document = item["problem"]
    assert document["status"] == item["status"]
    return str(document["type"].rpartition(":")[2])


async def test_a_batch_leaves_what_the_same_puts_leave(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    told = [
        coded("DJ-0001"),
        coded("DJ-0002", member(1, name="安红", id_number=NUMBER), category="lifted"),
        coded("SZ-0003", member(1), member(2, relation="child", birth_date="2012-01-01"), region_code="520626002001"),
    ]
    by_batch = await send(monitoring.client, *told)
    first = {one["household_code"]: await monitoring.get(f"households/{one['household_code']}") for one in told}
    events = await monitoring.events("household-registered.v1")

    assert became(by_batch) == [(201, "created")] * 3
    assert [item["household_code"] for item in by_batch.json()["items"]] == [one["household_code"] for one in told]
    assert [event.data.household_code for event in events] == [one["household_code"] for one in told]
    assert "安红" not in str(events)
    assert NUMBER not in str(events)
    for one in told:
        shown, body = first[one["household_code"]], without(one, "household_code")
        again = await monitoring.put(body, one["household_code"])
        assert (again.status_code, again.json()["version"]) == (200, 1), "a PUT finds nothing to change"
        assert again.json()["members"] == shown["members"]
        assert shown["updated_at"] == again.json()["updated_at"]
    audited = [(row["action"], row["subject"]) for row in await audit_rows(monitoring.house)]
    for one in told:
        assert ("household-registered", one["household_code"]) in audited
    assert (await monitoring.post(income_fact("2026-09", "100.00", household_code="SZ-0003"))).status_code == 201


async def test_the_same_again_is_unchanged_and_leaves_nothing_behind(monitoring: Monitoring) -> None:
    told = [coded(f"DJ-{number:04}") for number in range(60)]
    await send(monitoring.client, *told)
    counts = await monitoring.counts()

    again = await send(monitoring.client, *told)
    changed = await send(monitoring.client, *told[:1], coded("DJ-0001", dibao=True))

    assert became(again) == [(200, "unchanged")] * 60
    assert became(changed) == [(200, "unchanged"), (200, "changed")]
    assert [item["version"] for item in changed.json()["items"]] == [1, 2]
    after = await monitoring.counts()
    assert {name: after[name] - counts[name] for name in counts if after[name] != counts[name]} == {
        "audit": 1,
        "household_before": 1,
        "outbox": 1,
        **({"change": 1} if after["change"] != counts["change"] else {}),
    }
    [event] = await monitoring.events("household-changed.v1")
    assert (event.data.household_code, event.data.version, event.data.dibao) == ("DJ-0001", 2, True)


async def test_one_that_is_refused_sinks_no_other(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.put(code="GONE-1")
    await monitoring.client.post("/monitoring/v1/households/GONE-1/end", json={"on": "2026-11-01", "reason": "died"})
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION), "YJ-1")
    county = client_for(monitoring.house, region="520626", client_id="county")
    refused = [
        (coded("A B"), (422, "invalid"), ["/household_code"]),
        (without(coded("DJ-1"), "members"), (422, "invalid"), ["/members"]),
        (coded("DJ-1", note="x"), (422, "invalid"), ["/note"]),
        (coded("DJ-1", version=0), (422, "invalid"), ["/version"]),
        (coded("DJ-1", version=1), (409, "version-outdated"), []),
        (coded("DJ-1", member(1, birth_date="1850-01-01")), (422, "household-invalid"), ["/members/0/birth_date"]),
        (coded("DJ-1", member(1, name="安**")), (422, "masked-value"), ["/members/0/name"]),
        (coded("DJ-1", region_code=OTHER_COUNTY_REGION), (403, "region-not-allowed"), []),
        (coded("YJ-1"), (404, "household-not-found"), []),
        (coded("GONE-1"), (409, "household-ended"), []),
        ("DJ-1", (422, "invalid"), ["/"]),
    ]
    counts = await monitoring.counts()
    answer = await send(county, coded("DJ-9"), *(one for one, *_ in refused), coded("dj-9"), coded("DJ-8"))

    assert became(answer) == [
        (201, "created"),
        *(expected for _, expected, _ in refused),
        (409, "code-in-other-spelling"),
        (201, "created"),
    ]
    items = answer.json()["items"]
    assert [pointers(item["problem"]) for item in items[1:-2]] == [named for *_, named in refused]
    assert items[-3]["household_code"] is None
    after = await monitoring.counts()
    assert (after["household"] - counts["household"], after["member"] - counts["member"]) == (2, 8)


async def test_within_a_batch_the_second_is_answered_against_the_first(monitoring: Monitoring) -> None:
    alone, with_child = member(1, id_number=NUMBER), member(2, relation="child", birth_date="2012-01-01")
    answer = await send(
        monitoring.client,
        coded("DJ-1", alone),
        coded("DJ-1", alone),
        coded("DJ-1", alone, with_child),
        coded("DJ-1", alone, version=1),
        coded("DJ-1", alone, version=2),
        coded("DJ-2", alone),
    )

    assert became(answer) == [
        (201, "created"),
        (200, "unchanged"),
        (200, "changed"),
        (409, "version-outdated"),
        (200, "changed"),
        (201, "created"),
    ]
    items = answer.json()["items"]
    assert [item["version"] for item in items] == [1, 1, 2, None, 3, 1]
    assert items[3]["problem"]["version"] == 2
    assert [bool("DJ-1" in " ".join(item["warnings"])) for item in items] == [False] * 5 + [True]
    versions = [(event.type.split(".")[1], event.data.version) for event in await monitoring.events()]
    assert versions[:3] == [("household-registered", 1), ("household-changed", 2), ("household-changed", 3)]


async def test_an_item_names_the_version_that_it_changes(monitoring: Monitoring) -> None:
    await monitoring.put()
    changed = await send(monitoring.client, coded(HOUSEHOLD, dibao=True, version=1))
    late = await send(monitoring.client, coded(HOUSEHOLD, relocated=True, version=1))

    assert became(changed) == [(200, "changed")]
    assert became(late) == [(409, "version-outdated")]
    assert (await monitoring.get(f"households/{HOUSEHOLD}"))["relocated"] is False


async def test_a_key_replays_the_answer_and_only_what_was_refused_is_answered_when_asked(
    monitoring: Monitoring,
) -> None:
    told = [coded("DJ-1"), coded("A B"), coded("DJ-2")]
    first = await send(monitoring.client, *told, key="k", wanted="rejected")
    again = await send(monitoring.client, *told, key="k", wanted="rejected")
    otherwise = await send(monitoring.client, *told, key="k")
    good = await send(monitoring.client, coded("DJ-1"), wanted="rejected")

    assert first.json() == again.json()
    assert [(item["index"], item["household_code"]) for item in first.json()["items"]] == [(1, "A B")]
    assert {name: first.json()[name] for name in ("created", "rejected")} == {"created": 2, "rejected": 1}
    assert problem(otherwise) == (409, "idempotency-key-reused", [])
    assert good.json() == {"created": 0, "changed": 0, "unchanged": 1, "rejected": 0, "items": []}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"households": []}, ["/households"]),
        ({"households": [{}] * 1001}, ["/households"]),
        ({}, ["/households"]),
        ({"households": "x"}, ["/households"]),
        ({"households": [{}], "atomic": True}, ["/atomic"]),
        ([], ["/"]),
    ],
)
async def test_what_is_no_batch_is_refused_as_a_whole(monitoring: Monitoring, body: Any, expected: list[str]) -> None:
    counts = await monitoring.counts()
    answer = await monitoring.client.post(BATCH, json=body)
    assert problem(answer) == (422, "invalid", expected)
    assert await monitoring.counts() == counts


async def test_only_known_ways_to_answer_are_taken(monitoring: Monitoring) -> None:
    answer = await send(monitoring.client, coded("DJ-1"), wanted="none")
    assert problem(answer) == (422, "invalid", ["/return"])


@ON_POSTGRESQL
async def test_two_batches_at_once_register_a_household_once(monitoring: Monitoring, database_url: str) -> None:
    one, two = ([coded("DJ-1"), coded("DJ-2"), coded(f"DJ-{own}")] for own in ("3", "4"))
    first, second = await with_the_first_uncommitted(
        monitoring.house,
        database_url,
        lambda: send(monitoring.client, *one),
        lambda: send(monitoring.client, *reversed(two)),
    )

    assert became(first) == [(201, "created")] * 3
    assert became(second) == [(201, "created"), (200, "unchanged"), (200, "unchanged")]
    assert (await monitoring.counts())["household"] == 4


async def test_many_batches_at_once_and_in_any_order_leave_each_household_once(monitoring: Monitoring) -> None:
    told = [coded(f"DJ-{number:03}") for number in range(30)]
    answers = await asyncio.gather(
        *(send(monitoring.client, *(told if turn % 2 else reversed(told))) for turn in range(4))
    )

    assert sorted(answer.json()["created"] for answer in answers) == [0, 0, 0, 30]
    assert (await monitoring.counts())["household"] == 30
    assert len(await monitoring.events("household-registered.v1")) == 30


async def test_the_route_of_batches_is_no_household(monitoring: Monitoring) -> None:
    answer = await monitoring.client.post(BATCH, json={"households": [coded("batch"), coded("Batch")]})
    assert [(item["status"], (item["problem"] or {}).get("errors")) for item in answer.json()["items"]] == [
        (
            422,
            [
                {
                    "pointer": "/household_code",
                    "code": "code-is-a-route",
                    "detail": "batch is the name of a route and no code of a household",
                }
            ],
        ),
        (201, None),
    ]
    for method in ("GET", "PUT", "DELETE"):
        refused = await monitoring.client.request(method, BATCH, json=household())
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert (await monitoring.client.get("/monitoring/v1/facts/batch")).status_code == 405
    assert (await monitoring.client.get("/monitoring/v1/facts/no-id")).status_code == 422
