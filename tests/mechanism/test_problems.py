"""Every refusal is one problem document, on ordinary routes and on the hot one, and none tells what it should not."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, Response
from pydantic import Field, ValidationError

from deploy.local.ports import free_port
from services.monitoring.app import MONITORING
from shared.bus.embedded import EmbeddedTransport
from shared.clock import SystemClock
from shared.house import HotRoute, House, HouseDefinition
from shared.http.application import process_app
from shared.http.dependencies import Call, calling
from shared.http.fields import Body, Remark, Text
from shared.http.problems import field_problems
from shared.policy.loader import PolicyBook
from shared.security.tokens import TokenVerifier
from shared.settings import Settings
from shared.words.language import Language
from tests.builders import HOUSEHOLD, TODAY, household, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.logged import reading_logs
from tests.mechanism.probe import BOUND_SECONDS, ON_SQLITE
from tests.mechanism.wire import hang_up, raw, served

HOME, FACTS = f"/monitoring/v1/households/{HOUSEHOLD}", "/monitoring/v1/facts"
ORDINARY_AND_HOT = (("PUT", HOME), ("POST", FACTS))
JSON = {"content-type": "application/json"}
LIMITS = {HOME: 256 * 1024, FACTS: 4 * 1024 * 1024}
"""Largest body of an ordinary route, and of one that takes batches."""
ALL_LIMITS: dict[str, Any] = {"max_body_bytes": LIMITS[HOME], "max_batch_bytes": LIMITS[FACTS]}
SECRET = "522226198005010019 at 13812345678"

Refusal = tuple[int, str, list[str]]
"""Status, code and pointers."""


def refusal(answer: httpx.Response) -> Refusal:
    """The one shape of every refusal; fails when the answer has another."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document = answer.json()
    assert {"type", "title", "status", "detail"} <= set(document)
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["detail"]
    urn, house, code = document["type"].rsplit(":", 2)
    assert (urn, house) == ("urn:problem", "monitoring")
    for error in document.get("errors", []):
        assert set(error) == {"pointer", "detail"}
        assert error["pointer"].startswith("/")
        assert error["detail"]
    return answer.status_code, code, [error["pointer"] for error in document.get("errors", [])]


@pytest.fixture
async def client(open_house: OpenHouse, client_for: ClientFor) -> httpx.AsyncClient:
    return client_for(await open_house(MONITORING))


async def chunks(size: int, piece: int = 64 * 1024) -> AsyncIterator[bytes]:
    """A body whose length nobody says before."""
    for start in range(0, size, piece):
        yield b" " * min(piece, size - start)


@ON_SQLITE
async def test_a_body_that_cannot_be_read_is_refused_alike_on_every_route(client: httpx.AsyncClient) -> None:
    bodies: dict[str, tuple[dict[str, str], bytes, Refusal]] = {
        "not JSON": (JSON, b"{", (400, "malformed-request", [])),
        "nothing": (JSON, b"", (400, "malformed-request", [])),
        "not UTF-8": (JSON, b'{"a": "\xff"}', (400, "malformed-request", [])),
        "nested without end": (JSON, b"[" * 200_000, (400, "malformed-request", [])),
        "text": ({"content-type": "text/plain"}, b"{}", (415, "unsupported-media-type", [])),
        "form": ({"content-type": "application/x-www-form-urlencoded"}, b"a=1", (415, "unsupported-media-type", [])),
        "no type": ({}, b"{}", (415, "unsupported-media-type", [])),
        "ill-formed type": ({"content-type": ";"}, b"{}", (415, "unsupported-media-type", [])),
    }
    for method, path in ORDINARY_AND_HOT:
        found = {
            name: refusal(await client.request(method, path, content=body, headers=headers))
            for name, (headers, body, _) in bodies.items()
        }
        assert found == {name: expected for name, (_, _, expected) in bodies.items()}, path


@ON_SQLITE
@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON", "application/x+json"])
async def test_json_is_read_under_each_of_its_names(client: httpx.AsyncClient, media_type: str) -> None:
    headers = {"content-type": media_type}
    stored = await client.put(HOME, content=json.dumps(household()), headers=headers)
    assert stored.status_code == 201, stored.text
    fact = await client.post(FACTS, content=json.dumps(income_fact("2026-09", "100.00")), headers=headers)
    assert fact.status_code == 201, fact.text


@ON_SQLITE
async def test_a_problem_does_not_repeat_what_was_sent(client: httpx.AsyncClient) -> None:
    sent = household() | {"category": SECRET, "registered_on": SECRET}
    fact = income_fact("2026-09", SECRET) | {"observed_on": SECRET, "member_no": SECRET}
    for answer in (await client.put(HOME, json=sent), await client.post(FACTS, json=fact)):
        assert answer.status_code == 422
        assert SECRET not in answer.text


@ON_SQLITE
async def test_what_is_not_there_and_what_is_not_done(client: httpx.AsyncClient) -> None:
    assert refusal(await client.get("/monitoring/v1/nothing")) == (404, "http-404", [])
    assert refusal(await client.get("/monitoring/v2/risks")) == (404, "http-404", [])
    for method, path, allowed in (("DELETE", HOME, "GET, PUT"), ("PUT", FACTS, "GET, POST")):
        answer = await client.request(method, path)
        assert refusal(answer) == (405, "http-405", [])
        assert answer.headers["allow"] == allowed
    outside = await client.get("/nothing")
    assert (outside.status_code, outside.json()["type"]) == (404, "urn:problem:system:http-404")


@ON_SQLITE
@pytest.mark.parametrize("excess", [1, 64 * 1024, 6 * 1024 * 1024])
async def test_a_body_over_the_limit_is_refused_alike_on_every_route(client: httpx.AsyncClient, excess: int) -> None:
    for method, path in ORDINARY_AND_HOT:
        size = LIMITS[path] + excess
        for content in (b" " * size, chunks(size)):
            async with asyncio.timeout(BOUND_SECONDS):
                answer = await client.request(method, path, content=content, headers=JSON)
            assert refusal(answer) == (413, "payload-too-large", [])


@ON_SQLITE
async def test_a_body_of_just_the_limit_is_read(client: httpx.AsyncClient) -> None:
    for method, path in ORDINARY_AND_HOT:
        for content in (b" " * LIMITS[path], chunks(LIMITS[path])):
            answer = await client.request(method, path, content=content, headers=JSON)
            assert refusal(answer) == (400, "malformed-request", [])


@ON_SQLITE
async def test_a_client_on_the_wire_gets_the_answer_to_a_body_that_is_too_large(
    open_house: OpenHouse, client_for: ClientFor, settings: Settings
) -> None:
    house = await open_house(MONITORING)
    headers = {"authorization": client_for(house).headers["authorization"], **JSON}
    async with (
        served(process_app([house], None, **ALL_LIMITS)) as url,
        httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=BOUND_SECONDS) as client,
    ):
        for method, path in ORDINARY_AND_HOT:
            for size in (LIMITS[path] + 1, 10 * 1024 * 1024):
                for content in (b" " * size, chunks(size)):
                    answer = await client.request(method, path, content=content)
                    assert refusal(answer) == (413, "payload-too-large", [])
        assert refusal(await client.get(HOME)) == (404, "household-not-found", []), "the connection goes on"


@ON_SQLITE
async def test_odd_requests_on_the_wire_are_answered_and_not_logged_as_our_failure(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(MONITORING)
    client = client_for(house)
    token = client.headers["authorization"]
    head = f"host: x\r\nauthorization: {token}\r\ncontent-type: application/json\r\n"
    with reading_logs() as logged:
        async with served(process_app([house], None, **ALL_LIMITS)) as url:
            answer = await raw(url, b"OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 404 "), answer
            for method, path in ORDINARY_AND_HOT:
                await hang_up(url, f"{method} {path} HTTP/1.1\r\n{head}content-length: 1000\r\n\r\n{{".encode())
                await hang_up(url, f"{method} {path} HTTP/1.1\r\n{head}content-length: 9000000\r\n\r\n{{".encode())
    assert logged.text() == ""


def with_a_defect() -> HouseDefinition:
    """Monitoring with a route, and a hot route, that fail in a way nobody thought of."""
    router = APIRouter()

    @router.get("/defect")
    async def defect(call: Annotated[Call, calling("monitoring:read")]) -> None:
        raise RuntimeError(SECRET)

    async def hot_defect(call: Call) -> Response:
        raise RuntimeError(SECRET)

    router.include_router(MONITORING.router)
    hot = HotRoute("POST", "/defect", "monitoring:write", hot_defect)
    return dataclasses.replace(MONITORING, router=router, hot_routes=(hot,))


@ON_SQLITE
async def test_a_defect_is_logged_under_its_chain_and_told_to_nobody(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await open_house(with_a_defect()))
    for method in ("GET", "POST"):
        with reading_logs() as logged:
            answer = await client.request(method, "/monitoring/v1/defect", headers={"x-correlation-id": "case-7"})
        assert refusal(answer) == (500, "internal-error", [])
        assert answer.headers["x-correlation-id"] == "case-7"
        assert "Error" not in answer.text.replace("Internal error", "")
        assert SECRET not in answer.text
        [line] = logged.lines()
        assert (line["event"], line["level"], line["house"]) == ("request.failed", "error", "monitoring")
        assert line["correlation_id"] == "case-7"
        assert "RuntimeError: 5222**" in line["exception"]
        assert SECRET not in logged.text()


@pytest.fixture
async def unreachable(
    request: pytest.FixtureRequest,
    bus: EmbeddedTransport,
    tmp_path: Path,
    policy_book: PolicyBook,
    signing_key: Ed25519PrivateKey,
) -> AsyncIterator[House]:
    """Monitoring on a database that is not there."""
    url = {
        "sqlite": f"sqlite:///{tmp_path}/no/such/folder/it.sqlite",
        "postgresql": f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/it",
    }[request.param]
    settings = Settings(data=tmp_path, database_url=url)
    verifier = TokenVerifier(lambda _: signing_key.public_key(), issuer=settings.issuer, audience=settings.audience)
    clock = SystemClock(business_date=TODAY)
    house = House(MONITORING, settings, transport=bus, clock=clock, policy=policy_book, verifier=verifier)
    yield house
    await house.stop()


@ON_SQLITE
@pytest.mark.parametrize("unreachable", ["sqlite", "postgresql"], indirect=True)
async def test_a_database_that_cannot_be_reached_is_told_so(
    unreachable: House, client_for: ClientFor, tmp_path: Path
) -> None:
    client = client_for(unreachable)
    key = {"Idempotency-Key": "k"}
    requests: Sequence[tuple[str, str, Any, dict[str, str]]] = (
        ("GET", HOME, None, {}),
        ("PUT", HOME, household(), {}),
        ("POST", FACTS, income_fact("2026-09", "100.00"), {}),
        ("POST", FACTS, income_fact("2026-09", "100.00"), key),
        ("POST", FACTS, {"facts": [income_fact("2026-09", "100.00")]}, {}),
    )
    with reading_logs() as logged:
        for method, path, body, headers in requests:
            answer = await client.request(method, path, json=body, headers=headers)
            assert refusal(answer) == (503, "database-unreachable", [])
            assert "127.0.0.1" not in answer.text
            assert str(tmp_path) not in answer.text
    assert {line["level"] for line in logged.lines()} == {"warning"}
    assert not [line for line in logged.lines() if "exception" in line]
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    reason = "unable to open database file" if unreachable.database.is_sqlite else "Connection refused"
    assert ready.json()["not_ready"] == {"monitoring": [f"database: {reason}"]}


def test_a_text_is_measured_in_characters_and_a_list_in_items() -> None:
    class _Body(Body):
        note: Remark | None = Field(None, min_length=1)
        name: Text = "name"
        members: list[int] = Field([1], min_length=1)

    def told(language: Language, **said: Any) -> str:
        with pytest.raises(ValidationError) as wrong:
            _Body(**said)
        [found] = field_problems(wrong.value.errors(include_url=False, include_input=False))
        return found.said.written(language)

    assert told(Language.ZH, note="") == told(Language.ZH, name="") == "至少应有 1 个字符"
    assert told(Language.ZH, members=[]) == "至少应有 1 项，实有 0 项"
    assert told(Language.EN, note="") == "String should have at least 1 character"
