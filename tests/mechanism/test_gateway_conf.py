"""The nginx configuration that is deployed, run by a real nginx before five small houses."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from deploy.local.ports import LOOPBACK, free_port
from shared.contracts.catalogue import HOUSES
from tests.mechanism.probe import BOUND_SECONDS
from tests.mechanism.wire import raw, served

CONF = Path(__file__).parents[2] / "deploy" / "gateway.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx here")


@dataclass
class Houses:
    """Which are ready, and what they were asked."""

    not_ready: set[str] = field(default_factory=set)
    url: str = ""
    seen: list[dict[str, Any]] = field(default_factory=list)

    def app(self, house: str) -> Any:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            body = await request.body()
            if request.url.path == "/readyz":
                status = 503 if house in self.not_ready else 200
                await JSONResponse({"status": status}, status)(scope, receive, send)
                return
            forwarded = request.headers.get("x-forwarded-for")
            self.seen.append({"house": house, "path": request.url.path, "size": len(body), "for": forwarded})
            await JSONResponse(self.seen[-1])(scope, receive, send)

        return answer


@pytest.fixture
async def houses(tmp_path: Path) -> AsyncIterator[Houses]:
    assert NGINX is not None
    found = Houses()
    port = free_port()
    async with (
        served(found.app("monitoring")) as monitoring,
        served(found.app("assistance")) as assistance,
        served(found.app("employment")) as employment,
        served(found.app("consumption")) as consumption,
        served(found.app("assets")) as assets,
    ):
        addresses = dict(zip(HOUSES, (monitoring, assistance, employment, consumption, assets), strict=True))
        (tmp_path / "nginx.conf").write_text(configuration(tmp_path, port, addresses), encoding="utf-8")
        words = ["-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log"), "-p", str(tmp_path)]
        process = await asyncio.create_subprocess_exec(NGINX, *words)
        found.url = f"http://{LOOPBACK}:{port}"
        try:
            await until_it_answers(found.url, tmp_path / "error.log")
            yield found
        finally:
            process.terminate()
            await process.wait()


def configuration(folder: Path, port: int, addresses: dict[str, str]) -> str:
    """As deployed, with loopback in the place of the containers' names."""
    text = CONF.read_text(encoding="utf-8")
    assert text.count("http://$house-api:8000") == 7
    text = text.replace("http://$house-api:8000", "http://$address").replace("listen 8000", f"listen {LOOPBACK}:{port}")
    text = text.replace("client_header_timeout 10s", "client_header_timeout 1s")
    text = text.replace("client_body_timeout 15s", "client_body_timeout 1s")
    known = " ".join(f"{house} {url.removeprefix('http://')};" for house, url in addresses.items())
    folders = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.geteuid() == 0 else ""
    return (
        f"{user}daemon off; pid {folder}/pid; events {{}} http {{ access_log off; {folders} "
        f"map $house $address {{ volatile; {known} }} {text} }}"
    )


async def until_it_answers(url: str, log: Path) -> None:
    async with asyncio.timeout(BOUND_SECONDS), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                await client.get(f"{url}/healthz")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


@pytest.fixture
async def client(houses: Houses) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=houses.url, trust_env=False, timeout=BOUND_SECONDS) as found:
        yield found


def problem(answer: httpx.Response) -> tuple[int, str]:
    document = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["status"] == answer.status_code
    return answer.status_code, document["type"].rpartition(":")[2]


async def test_every_house_is_reached_and_sees_who_asked(houses: Houses, client: httpx.AsyncClient) -> None:
    for house in HOUSES:
        answer = await client.get(f"/{house}/v1/x", headers={"x-forwarded-for": "8.8.8.8"})
        assert answer.json() == {"house": house, "path": f"/{house}/v1/x", "size": 0, "for": LOOPBACK}
    for path in ("/oauth2/token", "/oauth2/keys"):
        assert (await client.post(path, data={"a": "b"})).json()["house"] == "monitoring"
    assert problem(await client.get("/elsewhere")) == (404, "not-found")
    assert problem(await client.get("/metrics")) == (404, "not-found")
    assert (await client.get("/docs")).headers["location"].endswith("/monitoring/docs")


async def test_the_gateway_is_ready_when_every_house_is(houses: Houses, client: httpx.AsyncClient) -> None:
    """`audit.md` 22: it asked monitoring alone."""
    assert (await client.get("/readyz")).status_code == 200
    for house in HOUSES:
        houses.not_ready = {house}
        assert (await client.get("/readyz")).status_code == 503, house
    houses.not_ready = set()
    assert (await client.get("/readyz")).status_code == 200


async def test_what_is_too_large_or_too_slow_ends_at_the_gateway(houses: Houses, client: httpx.AsyncClient) -> None:
    assert problem(await client.get("/assets/v1/x", headers={"x": "a" * 9000})) == (431, "headers-too-large")
    assert problem(await client.get("/assets/v1/x?" + "a" * 9000)) == (431, "headers-too-large")
    assert problem(await client.post("/assets/v1/x", content=b" " * (5 * 1024 * 1024 + 1))) == (413, "body-too-large")
    largest = await client.post("/assets/v1/x", content=b" " * 4 * 1024 * 1024)
    assert largest.json().get("size") == 4 * 1024 * 1024, largest.text
    seen = len(houses.seen)
    slow = await raw(houses.url, b"POST /assets/v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{")
    assert slow == b"" or slow.startswith(b"HTTP/1.1 408 ")
    assert await raw(houses.url, b"GET /assets/v1/x HTTP/1.1\r\nhost") == b""
    assert len(houses.seen) == seen, "no house saw any of it"


async def test_token_requests_are_limited_by_address(houses: Houses, client: httpx.AsyncClient) -> None:
    answers = [await client.post("/oauth2/token", data={"a": "b"}) for _ in range(30)]
    assert [answer.status_code for answer in answers[:20]] == [HTTPStatus.OK] * 20
    limited = answers[-1]
    assert (limited.status_code, limited.json()["error"], limited.headers["retry-after"]) == (429, "slow_down", "60")


async def test_connections_are_limited_by_address(houses: Houses) -> None:
    host, _, port = houses.url.removeprefix("http://").partition(":")
    kept = []
    for _ in range(101):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /assets/v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n")
        kept.append((reader, writer))
    await asyncio.sleep(0.3)
    answer = await raw(houses.url, b"GET /assets/v1/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 503 ")
    for _, writer in kept:
        writer.close()
