"""A partner's time with us: taken on, signed in by secret and by key, rotated, throttled, looked at, and stopped."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from deploy.local.kafka import KafkaCluster
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import PostgresServer
from shared.security.assertions import ASSERTION_TYPE
from tests.journeys.set_ups import MAIN_JOB, Caller, SetUp, distributed, embedded
from tests.mechanism.probe import BOUND_SECONDS

HOLDS_WITHIN = 2.0
"""The promise is a second; a busy machine is given one more."""
GRANT = {"grant_type": "client_credentials"}
LIST = {"monitoring": "/monitoring/v1/risks", "assistance": "/assistance/v1/tasks"}
PARTNER = {
    "title": "东莞市对口协作办",
    "regions": ["52"],
    "scopes": ["monitoring:read", "assistance:read"],
    "networks": ["127.0.0.0/8"],
}


@dataclass
class Partner:
    """The partner's own system: it knows its secret or key, and asks."""

    set_up: SetUp
    http: httpx.AsyncClient
    token: str = ""

    async def ask_token(self, **proof: Any) -> httpx.Response:
        url = f"{self.set_up.url_of('monitoring')}/oauth2/token"
        if "secret" in proof:
            return await self.http.post(url, data=GRANT, auth=("dongguan", proof["secret"]))
        form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.signed(proof["key"])}
        return await self.http.post(url, data=GRANT | form)

    async def signs_in(self, **proof: Any) -> bool:
        answer = await self.ask_token(**proof)
        if answer.status_code == 200:
            self.token = answer.json()["access_token"]
        return answer.status_code == 200

    async def asks(self, house: str, **headers: str) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token}", **headers}
        return await self.http.get(self.set_up.url_of(house) + LIST[house], headers=bearer)

    @staticmethod
    def signed(key: Ed25519PrivateKey) -> str:
        said = {"iss": "dongguan", "sub": "dongguan", "aud": "https://shouxian.local", "jti": str(uuid4())}
        return jwt.encode(said | {"exp": int(time.time()) + 60}, key, algorithm="EdDSA")


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = HOLDS_WITHIN) -> None:
    deadline = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < deadline, f"it does not hold after {seconds} s"
        await asyncio.sleep(0.1)


@pytest.fixture(params=["one machine", "distributed"])
async def set_up(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SetUp]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[SetUp]:
        if request.param == "one machine":
            async with embedded(tmp_path, houses=MAIN_JOB) as found:
                yield found
            return
        postgres: PostgresServer = request.getfixturevalue("postgres_server")
        kafka: KafkaCluster = request.getfixturevalue("kafka_cluster")
        async with distributed(tmp_path, postgres, kafka, houses=MAIN_JOB) as found:
            yield found

    async with opened() as found:
        await found.start_all()
        yield found


@dataclass
class Office:
    """Whoever takes the partner on, by requests to the process that gives out tokens."""

    operator: Caller
    set_up: SetUp

    async def told(self, method: str, path: str = "", body: Any = None) -> Any:
        url = f"{self.set_up.url_of('monitoring')}/oauth2/clients/dongguan{path}"
        answer = await self.operator.client.request(method, url, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def describes(self, **changes: Any) -> None:
        await self.told("PUT", body=PARTNER | changes)

    async def gives_key(self, key: Ed25519PrivateKey, kid: str) -> None:
        await self.told("POST", "/keys", json.loads(OKPAlgorithm.to_jwk(key.public_key())) | {"kid": kid})

    async def usage(self) -> list[dict[str, Any]]:
        """What the partner used of all houses, wherever they are."""
        found = await self.told("GET", "/usage")
        items: list[dict[str, Any]] = found["items"]
        for house, address in found["elsewhere"].items():
            if house in self.set_up.houses:
                answer = await self.operator.client.get(self.set_up.url_of(house) + address)
                items += answer.raise_for_status().json()["items"]
        return items


async def test_a_partner_is_taken_on_rotated_throttled_seen_and_stopped(set_up: SetUp) -> None:
    async with set_up.caller() as operator, httpx.AsyncClient(trust_env=False, timeout=BOUND_SECONDS) as http:
        office, partner = Office(operator, set_up), Partner(set_up, http)
        await is_taken_on_and_rotated(office, partner)
        await is_throttled(office, partner)
        await is_looked_at(office)
        await is_stopped(office, partner)
        audit = await operator.get("/monitoring/v1/audit?subject=dongguan&limit=200")
        actions = [row["action"] for row in reversed(audit["items"])]
        assert actions[:3] == ["client.entered", "client.secret-given", "client.key-given"]
        assert actions.count("client.changed") == 3


async def is_taken_on_and_rotated(office: Office, partner: Partner) -> None:
    await office.describes()
    first = await office.told("POST", "/secrets")
    assert await partner.signs_in(secret=first["secret"]), "at once"
    for house in LIST:
        assert (await partner.asks(house)).status_code == 200
    key, renewed = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    await office.gives_key(key, "2026")
    assert await partner.signs_in(key=key)

    second = await office.told("POST", "/secrets")
    await office.gives_key(renewed, "2027")
    for proof in ({"secret": first["secret"]}, {"secret": second["secret"]}, {"key": key}, {"key": renewed}):
        assert await partner.signs_in(**proof), "old and new hold"
    await office.told("DELETE", f"/secrets/{first['id']}")
    await office.told("DELETE", "/keys/2026")

    async def the_old_ones_are_gone() -> bool:
        return not await partner.signs_in(secret=first["secret"]) and not await partner.signs_in(key=key)

    await until(the_old_ones_are_gone)
    assert await partner.signs_in(secret=second["secret"])
    assert await partner.signs_in(key=renewed)


async def is_throttled(office: Office, partner: Partner) -> None:
    outside = await partner.asks("monitoring", **{"X-Forwarded-For": "203.0.113.7"})
    assert outside.json()["type"] == "urn:problem:monitoring:network-not-allowed", "what a trusted proxy says"
    await office.describes(per_minute=5)
    answers: list[httpx.Response] = []

    async def refused() -> bool:
        answers.append(await partner.asks("assistance"))
        return answers[-1].status_code == 429

    await until(refused, BOUND_SECONDS)
    assert answers[-1].json()["type"] == "urn:problem:assistance:too-many-requests"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].headers["ratelimit-policy"] == '"per-minute";q=5;w=60'
    assert answers[-1].headers["ratelimit"].startswith('"per-minute";r=0;t=')
    await office.describes(per_minute=500)

    async def is_let_in() -> bool:
        return (await partner.asks("assistance")).status_code == 200

    await until(is_let_in)


async def is_looked_at(office: Office) -> None:
    async def usage_is_told() -> bool:
        items = await office.usage()
        groups = {item["route_group"]: item for item in items}
        return {"risks", "tasks", "oauth2/token"} <= set(groups) and groups["tasks"]["rejected"] >= 1

    await until(usage_is_told, BOUND_SECONDS)


async def is_stopped(office: Office, partner: Partner) -> None:
    secret = (await office.told("POST", "/secrets"))["secret"]
    await office.describes(active=False)

    async def is_shut_out() -> bool:
        codes = [(await partner.asks(house)).json().get("type", "").rpartition(":")[2] for house in LIST]
        return codes == ["client-disabled"] * len(LIST)

    await until(is_shut_out)
    refused = await partner.ask_token(secret=secret)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_an_address_is_believed_from_a_trusted_proxy_alone(tmp_path: Path) -> None:
    async with embedded(tmp_path, houses=MAIN_JOB) as set_up:
        set_up.environment["SHOUXIAN_TRUSTED_PROXIES"] = "192.0.2.1"
        await set_up.start_all()
        async with set_up.caller() as operator, httpx.AsyncClient(trust_env=False, timeout=BOUND_SECONDS) as http:
            office = f"http://{LOOPBACK}:{set_up.roles['shouxian'].port}/oauth2/clients/dongguan"
            body = PARTNER | {"networks": ["10.0.0.0/8"]}
            assert (await operator.client.put(office, json=body)).status_code == 201
            secret = (await operator.client.post(f"{office}/secrets")).json()["secret"]
            partner = Partner(set_up, http)

            async def is_known() -> bool:
                answer = await partner.ask_token(secret=secret)
                return bool(answer.json()["error"] == "unauthorized_client")

            await until(is_known)
            url = f"{set_up.url_of('monitoring')}/oauth2/token"
            forwarded = {"X-Forwarded-For": "10.0.0.7", "Forwarded": "for=10.0.0.7"}
            answer = await http.post(url, data=GRANT, auth=("dongguan", secret), headers=forwarded)
            assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
