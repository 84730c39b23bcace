"""Who looked at a person, and how that is found again."""

import dataclasses
import datetime as dt
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import APIRouter

from services.houses import HOUSES
from services.monitoring.app import MONITORING
from shared.db.unit_of_work import Reading
from shared.errors import NotFound
from shared.house import House, HouseDefinition
from shared.http.dependencies import Call, Purpose, calling
from shared.words.said import Said
from tests.builders import HOUSEHOLD, household
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_SQLITE

AUDIT = "/monitoring/v1/audit"
READ, PII = "monitoring:read", "monitoring:pii"


class NobodyThere(NotFound):
    """There is no such person."""

    code, title = "nobody", "Nobody is there"


def person(reading: Reading, code: str) -> dict[str, str]:
    if code == "nobody":
        raise NobodyThere(Said.of("nobody is there"))
    return {"name": "张三"}


def with_persons() -> HouseDefinition:
    """Monitoring with a route that shows a person."""
    router = APIRouter()

    @router.get("/persons/{code}")
    async def show(code: str, call: Annotated[Call, calling(READ)], purpose: Purpose = None) -> dict[str, str]:
        return await call.query_person(person, code, code)

    router.include_router(MONITORING.router)
    return dataclasses.replace(MONITORING, router=router, hot_routes=(), batch_paths=frozenset())


async def rows(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await client.get(AUDIT, params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_who_sees_a_person_in_clear_is_recorded_with_purpose_and_chain(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    """`audit.md` 10: a whole county could be read without a trace."""
    house = await open_house(with_persons())
    looker = client_for(house, scopes=(READ, PII), client_id="officer")
    operator = client_for(house, scopes=("ops:admin",), client_id="on-duty")
    headers = {"x-correlation-id": "case-7", "x-purpose": quote("入户核查\n2026-11")}
    answer = await looker.get("/monitoring/v1/persons/DJ-1", headers=headers)
    assert (answer.json(), answer.headers["cache-control"]) == ({"name": "张三"}, "no-store")
    [row] = await rows(operator, subject="DJ-1")
    assert (row["actor"], row["action"], row["subject"]) == ("officer", "person.read", "DJ-1")
    assert (row["reason"], row["correlation_id"]) == ("入户核查 2026-11", "case-7")
    assert (await looker.get("/monitoring/v1/persons/DJ-2")).status_code == 200
    [unsaid] = await rows(operator, subject="DJ-2")
    assert unsaid["reason"] is None


async def test_who_sees_masks_or_nothing_leaves_no_row(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(with_persons())
    masked = client_for(house, scopes=(READ,), client_id="statistics")
    assert (await masked.get("/monitoring/v1/persons/DJ-1")).status_code == 200
    looker = client_for(house, scopes=(READ, PII), client_id="officer")
    assert (await looker.get("/monitoring/v1/persons/nobody")).status_code == 404
    assert await rows(client_for(house, scopes=("ops:admin",))) == []


@ON_SQLITE
async def test_the_audit_is_read_by_subject_actor_and_time_page_by_page(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(with_persons())
    client = client_for(house, client_id="officer")
    for number in range(5):
        await client.get(f"/monitoring/v1/persons/DJ-{number}")
    other = client_for(house, client_id="another")
    await other.get("/monitoring/v1/persons/DJ-0")
    assert [row["subject"] for row in await rows(client, actor="officer")] == [f"DJ-{n}" for n in (4, 3, 2, 1, 0)]
    assert [row["actor"] for row in await rows(client, subject="DJ-0")] == ["another", "officer"]
    assert await rows(client, subject="DJ-0", actor="nobody") == []
    now = dt.datetime.now(dt.UTC)
    hour = dt.timedelta(hours=1)
    assert len(await rows(client, **{"from": (now - hour).isoformat(), "to": (now + hour).isoformat()})) == 6
    assert await rows(client, **{"from": (now + hour).isoformat()}) == []
    assert await rows(client, to=(now - hour).isoformat()) == []

    first = (await client.get(AUDIT, params={"limit": 4})).json()
    second = (await client.get(AUDIT, params={"limit": 4, "cursor": first["next_cursor"]})).json()
    seen = [row["seq"] for row in (*first["items"], *second["items"])]
    assert (seen, second["next_cursor"]) == (sorted(seen, reverse=True), None)
    assert len(seen) == 6


@ON_SQLITE
@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"from": "yesterday"}, "/from"),
        ({"from": "2026-11-16T00:00:00"}, "/from"),
        ({"from": "1700000000"}, "/from"),
        ({"to": "0001-01-01T00:00:00+14:00"}, "/to"),
        ({"to": "9999-12-31T23:59:59-14:00"}, "/to"),
        ({"since": "2026-11-16T00:00:00Z"}, "/since"),
        ({"actor": "x" * 129}, "/actor"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    open_house: OpenHouse, client_for: ClientFor, query: dict[str, str], pointer: str
) -> None:
    client = client_for(await open_house(MONITORING))
    answer = await client.get(AUDIT, params=query)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@ON_SQLITE
@pytest.mark.parametrize("definition", HOUSES, ids=lambda house: house.name)
async def test_every_house_shows_its_audit_to_operations_alone(
    definition: HouseDefinition, open_house: OpenHouse, client_for: ClientFor
) -> None:
    house: House = await open_house(definition)
    path = f"/{definition.name}/v1/audit"
    assert (await client_for(house, scopes=("ops:admin",)).get(path)).json() == {"items": [], "next_cursor": None}
    answer = await client_for(house, scopes=(f"{definition.name}:read", PII)).get(path)
    assert (answer.status_code, answer.json()["scope"]) == (403, "ops:admin")


@ON_SQLITE
async def test_what_is_done_stands_beside_what_is_seen(open_house: OpenHouse, client_for: ClientFor) -> None:
    client = client_for(await open_house(MONITORING), client_id="officer")
    assert (await client.put(f"/monitoring/v1/households/{HOUSEHOLD}", json=household())).status_code == 201
    [row, *_] = await rows(client, subject=HOUSEHOLD)
    assert (row["actor"], row["subject"]) == ("officer", HOUSEHOLD)
