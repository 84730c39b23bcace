"""Partners: records that hold at once, proofs that are rotated, limits to the last request, and what was used."""

import asyncio
import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import json
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from services.assistance.app import ASSISTANCE
from services.monitoring.app import MONITORING
from shared.bus.retention import Retention
from shared.house import House
from shared.http.application import process_app
from shared.http.clients.records import ClientRecords
from shared.partners.carrying import enter_changes
from shared.partners.errors import TooManyRequests
from shared.partners.keeping import change_client, drop_secret, give_secret
from shared.partners.limits import Allowances
from shared.partners.periods import PER_DAY, PER_MINUTE
from shared.partners.usage import UsageCounts, usage_of
from shared.runtime import open_process
from shared.security.assertions import ASSERTION_TYPE
from shared.security.clients import Client, Permits, narrowing_nothing, read_book
from shared.security.issuer import ALL_SCOPES, ClientUnknown, Issuer, open_issuer
from shared.security.signing import PublicKeys
from shared.security.tokens import ClientDisabled, TokenVerifier
from shared.settings import Settings
from tests.builders import HOUSEHOLD, household, income_fact
from tests.conftest import OpenHouse
from tests.keyrings import vault_in
from tests.mechanism.outside_issuer import NAMES, claims
from tests.mechanism.probe import ON_SQLITE
from tests.partners import OPERATOR, describe, take_on

TOKEN = "/oauth2/token"
CLIENTS = "/oauth2/clients"
RISKS = "/monitoring/v1/risks"
URL = "http://test"
GRANT = {"grant_type": "client_credentials"}
HOSPITAL: dict[str, Any] = {
    "title": "德江县人民医院",
    "contact": "信息科",
    "regions": ["520626"],
    "scopes": ["monitoring:read", "monitoring:write"],
    "sources": ["hospital-a"],
}
NOON = dt.datetime(2026, 11, 16, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))).timestamp()


@dataclass
class Office:
    """A house with its issuer and records, and whoever calls from an address."""

    data: Path
    house: House
    issuer: Issuer
    permits: Permits
    app: Any
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def caller(self, token: str | None = None, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, client=(address, 50000))
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        client = httpx.AsyncClient(transport=transport, base_url=URL, headers=headers)
        self.clients.append(client)
        return client

    def look(self) -> None:
        """Have what changed hold now: processes look once a second."""
        self.permits._permits(now=True)
        vars(self.issuer)["_book"](now=True)

    def token_of(self, client_id: str, secret: str) -> str:
        self.look()
        return str(self.issuer.token(client_id, secret, None)["access_token"])

    def operator(self, client_id: str = "operations", **described: Any) -> httpx.AsyncClient:
        """A client that may do everything everywhere, or what is described."""
        every = {"regions": ["*"], "scopes": list(ALL_SCOPES)}
        return self.caller(self.token_of(client_id, take_on(self.data, client_id, **every | described)))

    async def audited(self) -> list[tuple[str, str, str]]:
        found = await self.operator("auditor").get("/monitoring/v1/audit", params={"limit": 200})
        rows = [(row["actor"], row["action"], row["subject"]) for row in found.json()["items"]]
        return [row for row in reversed(rows) if row[1].startswith("client.")]


@pytest.fixture
async def office(open_house: OpenHouse, tmp_path: Path) -> AsyncIterator[Office]:
    house = await open_house(MONITORING)
    issuer = open_issuer(tmp_path, base_url=URL, **NAMES)
    permits = Permits(tmp_path)
    house.verifier = TokenVerifier(PublicKeys(tmp_path), permits=permits, **NAMES)
    records = ClientRecords(tmp_path, [house])
    app = process_app([house], issuer, max_body_bytes=1024 * 1024, records=records)
    made = Office(tmp_path, house, issuer, permits, app)
    yield made
    for client in made.clients:
        await client.aclose()


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("type", "").rpartition(":")[2]


# Records


async def test_a_partner_is_taken_on_changed_and_shown(office: Office) -> None:
    operator = office.operator()
    new = await operator.put(f"{CLIENTS}/hospital-a", json=HOSPITAL)
    assert (new.status_code, new.headers["etag"]) == (201, '"1"')
    shown = new.json()
    unsaid: dict[str, Any] = {
        "buyers": [],
        "networks": None,
        "per_minute": None,
        "per_day": None,
        "active": True,
        "until": None,
    }
    assert {name: shown[name] for name in (*HOSPITAL, *unsaid)} == HOSPITAL | unsaid
    assert (shown["secrets"], shown["keys"]) == ([], [])
    same = await operator.put(f"{CLIENTS}/hospital-a", json=HOSPITAL)
    assert (same.status_code, same.json()) == (200, shown), "the same again changes nothing"

    later = HOSPITAL | {"networks": ["10.0.0.0/8", "2001:db8::/32"], "per_minute": 600, "until": "2030-12-31"}
    changed = await operator.put(f"{CLIENTS}/hospital-a", json=later, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = await operator.put(f"{CLIENTS}/hospital-a", json=HOSPITAL, headers={"If-Match": '"1"'})
    assert code_of(stale) == (412, "version-changed")
    assert (await operator.get(f"{CLIENTS}/hospital-a")).json() == changed.json()
    listed = (await operator.get(CLIENTS)).json()["items"]
    assert [one["client_id"] for one in listed] == ["hospital-a", "operations"]
    pages = [(await operator.get(CLIENTS, params={"limit": 1})).json()]
    pages.append((await operator.get(CLIENTS, params={"limit": 1, "cursor": pages[0]["next_cursor"]})).json())
    assert [one["client_id"] for page in pages for one in page["items"]] == ["hospital-a", "operations"]
    assert pages[1]["next_cursor"] is None
    assert code_of(await operator.get(CLIENTS, params={"cursor": "x"})) == (422, "invalid")
    since = changed.json()["updated_at"]
    assert (await operator.get(CLIENTS, params={"updated_after": since})).json()["items"] == []
    before = (await operator.get(f"{CLIENTS}/operations")).json()["updated_at"]
    later_ones = (await operator.get(CLIENTS, params={"updated_after": before})).json()["items"]
    assert [one["client_id"] for one in later_ones] == ["hospital-a"]
    assert code_of(await operator.get(f"{CLIENTS}/nobody")) == (404, "client-not-found")

    audited = [row for row in await office.audited() if row[2] == "hospital-a"]
    entered, altered = (("operations", action, "hospital-a") for action in ("client.entered", "client.changed"))
    assert audited == [entered, altered]
    assert "hospital-a" not in {change["subject"] for change in read_book(office.data).changes}, "nothing waits"


@ON_SQLITE
@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"regions": ["520"]}, "/regions/0"),
        ({"regions": []}, "/regions"),
        ({"scopes": ["monitoring:raed"]}, "/scopes/0"),
        ({"networks": ["10.0.0.1/8"]}, "/networks/0"),
        ({"networks": []}, "/networks"),
        ({"networks": ["2001:db8::/129"]}, "/networks/0"),
        ({"networks": ["::ffff:10.0.0.0/104"]}, "/networks/0"),
        ({"per_minute": 0}, "/per_minute"),
        ({"per_minute": "600"}, "/per_minute"),
        ({"until": "soon"}, "/until"),
        ({"title": ""}, "/title"),
        ({"active": "no"}, "/active"),
        ({"secret": "x"}, "/secret"),
    ],
)
async def test_a_record_that_cannot_hold_is_refused_field_by_field(
    office: Office, change: dict[str, Any], pointer: str
) -> None:
    operator = office.operator()
    before = (office.data / "clients.json").read_bytes()
    answer = await operator.put(f"{CLIENTS}/hospital-a", json=HOSPITAL | change)
    assert code_of(answer) == (422, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (office.data / "clients.json").read_bytes() == before


@ON_SQLITE
async def test_names_of_the_machine_and_names_that_look_alike_are_refused(office: Office) -> None:
    operator = office.operator()
    for name in ("system", "Monitoring", "ｏｐｅｒａｔｏｒ", "a%0Ab", "x" * 65):
        answer = await operator.put(f"{CLIENTS}/{name}", json=HOSPITAL)
        assert (code_of(answer), answer.json()["errors"][0]["pointer"]) == ((422, "invalid"), "/client_id"), name
    assert (await operator.put(f"{CLIENTS}/hospital-a", json=HOSPITAL)).status_code == 201
    assert code_of(await operator.put(f"{CLIENTS}/Hospital-A", json=HOSPITAL)) == (409, "client-other-spelling")


@ON_SQLITE
async def test_nobody_gives_what_is_not_theirs(office: Office) -> None:
    county = office.operator("county", regions=["520626"], scopes=["ops:admin", "monitoring:read"])
    assert (await county.put(f"{CLIENTS}/clinic", json=HOSPITAL | {"scopes": ["monitoring:read"]})).status_code == 201
    beyond: list[dict[str, Any]] = [
        {"regions": ["*"], "scopes": ["monitoring:read"]},
        {"regions": ["52"], "scopes": ["monitoring:read"]},
        {"regions": ["520626", "520628"], "scopes": ["monitoring:read"]},
        {"regions": None, "scopes": ["monitoring:read"]},
        {"scopes": ["monitoring:pii"]},
        {"scopes": None},
    ]
    for rights in beyond:
        for name in ("clinic", "another"):
            answer = await county.put(f"{CLIENTS}/{name}", json=HOSPITAL | rights)
            assert code_of(answer) == (403, "rights-not-yours"), (name, rights)
    describe(office.data, "province", regions=["52"], scopes=["monitoring:read"])
    describe(office.data, "reader", regions=["520626"], scopes=["monitoring:read", "monitoring:pii"])
    assert code_of(await county.get(f"{CLIENTS}/province")) == (404, "client-not-found")
    assert code_of(await county.put(f"{CLIENTS}/province", json=HOSPITAL)) == (404, "client-not-found")
    assert code_of(await county.post(f"{CLIENTS}/province/secrets")) == (404, "client-not-found")
    assert code_of(await county.post(f"{CLIENTS}/reader/secrets")) == (403, "rights-not-yours")
    stopped = {"scopes": ["monitoring:read", "monitoring:pii"], "active": False}
    assert (await county.put(f"{CLIENTS}/reader", json=HOSPITAL | stopped)).status_code == 200, "stopping gives nothing"
    again = await county.put(f"{CLIENTS}/reader", json=HOSPITAL | stopped | {"active": True})
    assert code_of(again) == (403, "rights-not-yours"), "letting in again gives everything"
    assert [one["client_id"] for one in (await county.get(CLIENTS)).json()["items"]] == ["clinic", "county", "reader"]


@ON_SQLITE
async def test_nobody_shuts_out_themselves_by_accident(office: Office) -> None:
    operator = office.operator()
    own = {"title": "operations", "regions": ["*"], "scopes": list(ALL_SCOPES)}
    for change in (
        {"active": False},
        {"until": "2020-01-01"},
        {"scopes": ["monitoring:read"]},
        {"networks": ["10.0.0.0/8"]},
    ):
        assert code_of(await operator.put(f"{CLIENTS}/operations", json=own | change)) == (409, "own-record"), change
    [secret] = (await operator.get(f"{CLIENTS}/operations")).json()["secrets"]
    assert code_of(await operator.delete(f"{CLIENTS}/operations/secrets/{secret['id']}")) == (409, "own-record")
    kept = await operator.put(f"{CLIENTS}/operations", json=own | {"networks": ["127.0.0.0/8"]})
    assert kept.status_code == 200
    assert (await operator.post(f"{CLIENTS}/operations/secrets")).status_code == 201
    assert (await operator.delete(f"{CLIENTS}/operations/secrets/{secret['id']}")).status_code == 204


async def test_a_record_holds_for_tokens_already_given(office: Office) -> None:
    operator = office.operator()
    everything = {"title": "all", "regions": ["52"], "scopes": ["monitoring:read", "monitoring:write"]}
    secret = take_on(office.data, "all", **everything, sources=["*"])
    caller = office.caller(office.token_of("all", secret))
    assert (await caller.get(RISKS)).status_code == 200

    async def becomes(**change: Any) -> None:
        answer = await operator.put(f"{CLIENTS}/all", json={**everything, "sources": ["*"], **change})
        assert answer.status_code == 200, answer.text
        office.look()

    await becomes(scopes=["monitoring:write"])
    assert code_of(await caller.get(RISKS)) == (403, "scope-missing")
    await becomes(regions=["520626", "4419"])
    assert (await caller.get(RISKS, params={"region_code": "520626001001"})).status_code == 200
    assert code_of(await caller.get(RISKS, params={"region_code": "5203"})) == (403, "region-not-allowed")
    assert code_of(await caller.get(RISKS, params={"region_code": "4419"})) == (403, "region-not-allowed")
    await becomes(regions=["4419"])
    assert code_of(await caller.get(RISKS)) == (403, "region-not-allowed")
    await becomes(sources=["payroll"])
    assert (await caller.put(f"/monitoring/v1/households/{HOUSEHOLD}", json=household())).status_code == 201
    assert (
        await caller.post("/monitoring/v1/facts", json=income_fact("2026-05", "100.00", source="payroll"))
    ).status_code == 201
    refused = await caller.post("/monitoring/v1/facts", json=income_fact("2026-05", "100.00", source="village-report"))
    assert code_of(refused) == (403, "source-not-yours")
    await becomes(networks=["10.0.0.0/8"])
    assert code_of(await caller.get(RISKS)) == (403, "network-not-allowed")
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2)
    await becomes(until=yesterday.isoformat())
    assert code_of(await caller.get(RISKS)) == (401, "client-disabled")
    await becomes(active=False)
    assert code_of(await caller.get(RISKS)) == (401, "client-disabled")
    await becomes()
    assert (await caller.get(RISKS)).status_code == 200


def test_the_last_day_of_a_client_ends_in_beijing() -> None:
    client = Client(client_id="x", regions=("52",), scopes=(), until=dt.date(2026, 11, 16))
    midnight = dt.datetime(2026, 11, 16, 16, 0, tzinfo=dt.UTC).timestamp()
    assert client.holds(midnight - 1)
    assert not client.holds(midnight)


@pytest.mark.parametrize(
    ("networks", "address", "let_in"),
    [
        (["10.0.0.0/8"], "10.200.1.2", True),
        (["10.0.0.0/8"], "11.0.0.1", False),
        (["10.0.0.0/8"], "::ffff:10.1.1.1", True),
        (["10.0.0.0/8"], "::ffff:11.1.1.1", False),
        (["10.0.0.0/8"], "2001:db8::1", False),
        (["2001:db8::/32"], "2001:db8:1::5", True),
        (["2001:db8::/32"], "2001:db9::5", False),
        (["2001:db8::/32"], "10.0.0.1", False),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["192.0.2.1/32", "::1/128"], "::1", True),
        (["10.0.0.0/8"], "", False),
        (["10.0.0.0/8"], "testclient", False),
    ],
)
@ON_SQLITE
async def test_where_a_client_may_call_from(office: Office, networks: list[str], address: str, let_in: bool) -> None:
    secret = take_on(office.data, "inside", networks=networks)
    caller = office.caller(office.token_of("inside", secret), address=address)
    answer = await caller.get(RISKS)
    assert code_of(answer) == ((200, "") if let_in else (403, "network-not-allowed"))
    asked = await office.caller(address=address).post(TOKEN, data=GRANT, auth=("inside", secret))
    assert asked.status_code == (200 if let_in else 400)
    if not let_in:
        assert asked.json()["error"] == "unauthorized_client"


@ON_SQLITE
async def test_the_record_narrows_tokens_of_an_outside_issuer(office: Office, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    verifier = TokenVerifier(lambda _: key.public_key(), permits=office.permits, **NAMES)

    def recognised(**changes: Any) -> Any:
        office.permits._permits(now=True)
        return verifier.recognised(jwt.encode(claims(**changes), key, algorithm="EdDSA"))

    wide = {"region": ["52", "4419"], "scope": "monitoring:read monitoring:pii"}
    describe(tmp_path, "portal", regions=["520626"], scopes=["monitoring:read"], sources=None, buyers=None)
    for named in ({"azp": "portal"}, {"client_id": "portal"}, {"sub": "portal"}):
        found = recognised(**wide, **named)
        assert (found.actor.regions, found.actor.scopes) == (("520626",), {"monitoring:read"}), named
        assert found.client_id == "portal"
    free = recognised(**wide, azp="nobody")
    assert (free.actor.regions, free.permit) == (("52", "4419"), None), "no record, no narrowing"
    unsaid = narrowing_nothing("portal")
    change_client(tmp_path, "portal", lambda _: unsaid, OPERATOR)
    assert recognised(**wide, azp="portal").actor.regions == ("52", "4419")
    describe(tmp_path, "portal", active=False)
    with pytest.raises(ClientDisabled):
        recognised(**wide, azp="portal")


# Files


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        describe(tmp_path, f"client-{number}")
        give_secret(tmp_path, f"client-{number}", OPERATOR)

    writing = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in writing:
        thread.start()
    for thread in writing:
        thread.join()
    book = read_book(tmp_path)
    assert {name: len(client.secrets) for name, client in book.clients.items()} == {
        f"client-{number}": 1 for number in range(8)
    }
    assert len(book.changes) == 16
    public = json.loads((tmp_path / "issuer-public" / "clients.json").read_text())
    assert [one["client_id"] for one in public["clients"]] == sorted(book.clients)


def test_what_everybody_may_read_holds_no_secret_and_no_contact(tmp_path: Path) -> None:
    secret = take_on(tmp_path, "hospital-a", contact="王医生")
    public = (tmp_path / "issuer-public" / "clients.json").read_text(encoding="utf-8")
    private = (tmp_path / "clients.json").read_text(encoding="utf-8")
    assert "argon2" not in public
    assert "王医生" not in public
    assert secret not in private + public
    assert "王医生" not in json.dumps(read_book(tmp_path).changes, ensure_ascii=False), "nor has the audit"


def test_a_write_that_is_cut_off_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    describe(tmp_path, "hospital-a")
    before = {path: path.read_bytes() for path in (tmp_path / "clients.json", tmp_path / "issuer-public/clients.json")}

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        describe(tmp_path, "hospital-a", active=False)
    monkeypatch.undo()
    assert {path: path.read_bytes() for path in before} == before
    describe(tmp_path, "hospital-a", active=False)
    assert not Permits(tmp_path)()["hospital-a"].active


def test_a_cut_between_the_two_files_is_mended_by_the_same_command(tmp_path: Path) -> None:
    describe(tmp_path, "hospital-a")
    public = tmp_path / "issuer-public" / "clients.json"
    before = public.read_bytes()
    describe(tmp_path, "hospital-a", active=False)
    public.write_bytes(before)
    assert Permits(tmp_path)()["hospital-a"].active
    describe(tmp_path, "hospital-a", active=False)
    assert not Permits(tmp_path)()["hospital-a"].active


OLD_CLIENTS = {
    "clients": [
        {
            "client_id": name,
            "client_secret": "",
            "scopes": ["monitoring:read"],
            "region": region,
            "sources": None,
            "buyers": None,
            "secret_hashes": [],
        }
        for name, region in (("one", "520626"), ("two", ["520626", "4419"]))
    ]
}


def test_files_of_earlier_releases_are_taken_over(tmp_path: Path) -> None:
    (tmp_path / "issuer-public").mkdir()
    old = tmp_path / "issuer-public" / "disabled-clients.json"
    old.write_text(json.dumps({"disabled": ["two", "of-another-issuer"]}))
    (tmp_path / "clients.json").write_text(json.dumps(OLD_CLIENTS))
    (tmp_path / "clients.json").chmod(0o600)
    permits = Permits(tmp_path)
    assert set(permits()) == {"two", "of-another-issuer"}, "who was shut out is, before anybody took the files over"
    open_issuer(tmp_path, base_url=URL, **NAMES)
    assert not old.exists()
    permits._permits(now=True)
    assert {name: (permit.active, permit.regions) for name, permit in permits().items()} == {
        "one": (True, ("520626",)),
        "two": (False, ("520626", "4419")),
        "of-another-issuer": (False, None),
    }
    assert json.loads((tmp_path / "clients.json").read_text())["format"] == 2


def test_who_changes_records(tmp_path: Path) -> None:
    """The api of the house that gives out tokens, also beside an outside issuer; nobody who only checks or works."""
    vault_in(tmp_path)
    described: dict[str, Any] = {"data": tmp_path, "env": "development"}
    plain = Settings(**described)
    outside = Settings(**described, jwks_url="http://127.0.0.1:9/keys")
    elsewhere = Settings(**described, issuer_mode="built-in-elsewhere")
    assert open_process([MONITORING], plain).records is not None
    assert open_process([MONITORING], outside).records is not None
    assert open_process([MONITORING], elsewhere).records is None
    assert open_process([ASSISTANCE], plain).records is None
    assert open_process([MONITORING], plain, answers=False).records is None


@ON_SQLITE
async def test_a_disk_that_is_full_is_told_and_changes_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    operator = office.operator()
    before = (office.data / "clients.json").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    answer = await operator.put(f"{CLIENTS}/hospital-a", json=HOSPITAL)
    monkeypatch.undo()
    assert code_of(answer) == (503, "unavailable")
    assert (office.data / "clients.json").read_bytes() == before
    assert (await operator.put(f"{CLIENTS}/hospital-a", json=HOSPITAL)).status_code == 201


async def test_a_partner_is_stopped_while_the_database_is_away(office: Office) -> None:
    operator = office.operator()
    assert (await operator.put(f"{CLIENTS}/hospital-a", json=HOSPITAL)).status_code == 201
    write = office.house.database.write

    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionError

    vars(office.house.database)["write"] = away
    assert (await operator.put(f"{CLIENTS}/hospital-a", json=HOSPITAL | {"active": False})).status_code == 200
    office.look()
    assert not office.permits()["hospital-a"].active
    vars(office.house.database)["write"] = write
    await ClientRecords(office.data, [office.house]).carrier.carry()
    actions = [action for _, action, subject in await office.audited() if subject == "hospital-a"]
    assert actions == ["client.entered", "client.changed"]


# Proofs


async def test_secrets_are_rotated_without_an_outage(office: Office) -> None:
    operator = office.operator()
    await operator.put(f"{CLIENTS}/hospital-a", json=HOSPITAL)
    given = [(await operator.post(f"{CLIENTS}/hospital-a/secrets")).json() for _ in range(3)]
    assert all(len(one["secret"]) >= 40 for one in given)
    office.look()

    async def holds(secret: str) -> bool:
        answer = await office.caller().post(TOKEN, data=GRANT, auth=("hospital-a", secret))
        return answer.status_code == 200

    assert [await holds(one["secret"]) for one in given] == [False, True, True], "two at a time"
    shown = (await operator.get(f"{CLIENTS}/hospital-a")).text
    assert not [one for one in given if one["secret"] in shown]
    assert (await operator.delete(f"{CLIENTS}/hospital-a/secrets/{given[1]['id']}")).status_code == 204
    gone = await operator.delete(f"{CLIENTS}/hospital-a/secrets/{given[1]['id']}")
    assert code_of(gone) == (404, "secret-not-found")
    office.look()
    assert [await holds(one["secret"]) for one in given] == [False, False, True]
    actions = [action for _, action, subject in await office.audited() if subject == "hospital-a"]
    assert actions == ["client.entered", *["client.secret-given"] * 3, "client.secret-dropped"]


def signer(kind: str) -> tuple[Any, str, dict[str, Any]]:
    """A private key, its algorithm, and the public JWK."""
    if kind == "EdDSA":
        edwards = Ed25519PrivateKey.generate()
        return edwards, kind, json.loads(OKPAlgorithm.to_jwk(edwards.public_key()))
    if kind == "ES256":
        elliptic = ec.generate_private_key(ec.SECP256R1())
        return elliptic, kind, json.loads(ECAlgorithm.to_jwk(elliptic.public_key()))
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return numbers, "RS256", json.loads(RSAAlgorithm.to_jwk(numbers.public_key()))


def assertion(key: Any, algorithm: str, *, headers: dict[str, Any] | None = None, **changes: Any) -> str:
    now = int(time.time())
    said = {"iss": "it", "sub": "it", "aud": f"{URL}{TOKEN}", "iat": now, "exp": now + 240, "jti": str(uuid4())}
    told = {name: value for name, value in {**said, **changes}.items() if value is not None}
    return jwt.encode(told, key, algorithm=algorithm, headers=headers)


def form_with(signed: str, **changes: str) -> dict[str, str]:
    return GRANT | {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed} | changes


@pytest.mark.parametrize("kind", ["EdDSA", "ES256", "RS256"])
@ON_SQLITE
async def test_a_client_signs_for_itself(office: Office, kind: str) -> None:
    describe(office.data, "it")
    key, algorithm, jwk = signer(kind)
    operator = office.operator()
    kept = await operator.post(f"{CLIENTS}/it/keys", json=jwk)
    assert (kept.status_code, kept.json()["alg"]) == (201, kind)
    again = await operator.post(f"{CLIENTS}/it/keys", json=jwk)
    assert (again.status_code, again.json()) == (200, kept.json()), "the same key again is no other key"
    office.look()
    for audience in (f"{URL}{TOKEN}", NAMES["issuer"], [NAMES["issuer"], "elsewhere"]):
        signed = assertion(key, algorithm, aud=audience)
        answer = await office.caller().post(TOKEN, data=form_with(signed))
        assert answer.status_code == 200, answer.text
    assert (await office.caller(answer.json()["access_token"]).get(RISKS)).status_code == 200
    by_name = assertion(key, algorithm, headers={"kid": kept.json()["kid"]})
    assert (await office.caller().post(TOKEN, data=form_with(by_name, client_id="it"))).status_code == 200


@ON_SQLITE
async def test_an_assertion_that_does_not_hold_is_refused(office: Office) -> None:
    describe(office.data, "it")
    describe(office.data, "other")
    key, algorithm, jwk = signer("RS256")
    operator = office.operator()
    assert (await operator.post(f"{CLIENTS}/it/keys", json=jwk | {"kid": "k1"})).status_code == 201
    office.look()
    now = int(time.time())
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    confused = signed_with_hs256(pem)
    stranger, _, _ = signer("RS256")
    refused = {
        "another audience": assertion(key, algorithm, aud="https://elsewhere.example"),
        "no audience": assertion(key, algorithm, aud=None),
        "expired": assertion(key, algorithm, exp=now - 60),
        "too far ahead": assertion(key, algorithm, exp=now + 600),
        "no expiry": assertion(key, algorithm, exp=None),
        "expiry that is no time": assertion(key, algorithm, exp="soon"),
        "no jti": assertion(key, algorithm, jti=None),
        "empty jti": assertion(key, algorithm, jti=""),
        "jti of no text": assertion(key, algorithm, jti=7),
        "another issuer": assertion(key, algorithm, iss="other"),
        "another client": assertion(key, algorithm, iss="other", sub="other"),
        "nobody": assertion(key, algorithm, iss="nobody", sub="nobody"),
        "no subject": assertion(key, algorithm, sub=None),
        "another key": assertion(stranger, algorithm),
        "unknown kid": assertion(key, algorithm, headers={"kid": "k2"}),
        "PS256": assertion(key, "PS256"),
        "alg none": assertion("", "none"),
        "HS256 with the public key": confused,
        "no token": "x.y",
        "not yet": assertion(key, algorithm, nbf=now + 200),
    }
    caller = office.caller()
    for name, signed in refused.items():
        answer = await caller.post(TOKEN, data=form_with(signed))
        expected = (429, "slow_down") if name not in list(refused)[:10] and answer.status_code == 429 else None
        told = (answer.status_code, answer.json().get("error"))
        assert expected or told == (401, "invalid_client"), (name, answer.text)
        office.app, caller = fresh_brake(office), office.caller()
    good = assertion(key, algorithm)
    assert (await caller.post(TOKEN, data=form_with(good, client_id="other"))).status_code == 401
    for form in (
        form_with(good, client_secret="x"),
        form_with(good, client_assertion_type="urn:other"),
        GRANT | {"client_assertion": good},
    ):
        answer = await caller.post(TOKEN, data=form)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert (await caller.post(TOKEN, data=form_with(good))).status_code == 200, "refusals used nothing up"


def fresh_brake(office: Office) -> Any:
    """The same process started anew: wrong proofs are counted in memory."""
    return process_app(
        [office.house], office.issuer, max_body_bytes=1024 * 1024, records=ClientRecords(office.data, [office.house])
    )


def signed_with_hs256(public_key: bytes) -> str:
    """An assertion signed with the public key as if it were a shared secret; the library refuses to make one."""

    def part(document: dict[str, Any]) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=")

    now = int(time.time())
    said = {"iss": "it", "sub": "it", "aud": f"{URL}{TOKEN}", "exp": now + 240, "jti": str(uuid4())}
    text = part({"alg": "HS256", "typ": "JWT", "kid": "k1"}) + b"." + part(said)
    signature = base64.urlsafe_b64encode(hmac.new(public_key, text, hashlib.sha256).digest()).rstrip(b"=")
    return (text + b"." + signature).decode()


@ON_SQLITE
async def test_an_assertion_holds_once_past_a_restart_and_in_every_process(office: Office) -> None:
    describe(office.data, "it")
    key, algorithm, jwk = signer("EdDSA")
    await office.operator().post(f"{CLIENTS}/it/keys", json=jwk)
    office.look()
    signed = assertion(key, algorithm, jti="once")
    assert (await office.caller().post(TOKEN, data=form_with(signed))).status_code == 200
    again = await office.caller().post(TOKEN, data=form_with(signed))
    assert (again.status_code, again.json()["error_description"]) == (401, "the assertion was used before")
    office.issuer = open_issuer(office.data, base_url=URL, **NAMES)
    office.app = fresh_brake(office)
    assert (await office.caller().post(TOKEN, data=form_with(signed))).status_code == 401, "after a restart"

    other = open_issuer(office.data, base_url=URL, **NAMES)
    signed = assertion(key, algorithm)
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def use(issuer: Issuer) -> None:
        start.wait()
        try:
            outcomes.append(issuer.proven_by_assertion("it", signed).client_id)
        except ClientUnknown as error:
            outcomes.append(str(error))

    using = [threading.Thread(target=use, args=(issuer,)) for issuer in (office.issuer, other) * 4]
    for thread in using:
        thread.start()
    for thread in using:
        thread.join()
    assert sorted(outcomes) == ["it", *["the assertion was used before"] * 7]


@ON_SQLITE
async def test_keys_that_should_not_be_kept_are_refused(office: Office) -> None:
    describe(office.data, "it")
    operator = office.operator()
    key, _, jwk = signer("EdDSA")
    whole = json.loads(OKPAlgorithm.to_jwk(key))
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    refused = {
        "private": whole,
        "symmetric": {"kty": "oct", "k": "c2VjcmV0"},
        "of another curve": jwk | {"crv": "Ed448"},
        "of another algorithm": jwk | {"alg": "RS256"},
        "for encryption": jwk | {"use": "enc"},
        "short": json.loads(RSAAlgorithm.to_jwk(small.public_key())),
        "without its point": {"kty": "OKP", "crv": "Ed25519"},
        "of no bytes": jwk | {"x": "?"},
        "with a name of two lines": jwk | {"kid": "a\nb"},
        "with a number as a name": jwk | {"kid": 7},
        "of a kind that is a list": jwk | {"kty": ["OKP"]},
        "empty": {},
    }
    for name, sent in refused.items():
        answer = await operator.post(f"{CLIENTS}/it/keys", json=sent)
        assert code_of(answer) == (422, "key-refused"), (name, answer.text)
        assert "d" not in sent or sent["d"] not in answer.text
    assert (await operator.post(f"{CLIENTS}/it/keys", json=jwk | {"kid": "k1"})).status_code == 201
    _, _, another = signer("EdDSA")
    assert code_of(await operator.post(f"{CLIENTS}/it/keys", json=another | {"kid": "k1"})) == (409, "key-name-taken")
    for name in ("k2", "k3"):
        assert (await operator.post(f"{CLIENTS}/it/keys", json=another | {"kid": name})).status_code == 201
    shown = (await operator.get(f"{CLIENTS}/it")).json()["keys"]
    assert [one["kid"] for one in shown] == ["k3", "k2"], "two at a time, the newest first"
    assert (await operator.delete(f"{CLIENTS}/it/keys/k2")).status_code == 204
    assert code_of(await operator.delete(f"{CLIENTS}/it/keys/k2")) == (404, "key-not-found")


# Limits


@dataclass
class Moment:
    """The time of a test."""

    now: float = NOON

    def __call__(self) -> float:
        return self.now


async def let_in(allowances: Allowances, permit: Client, requests: int) -> int:
    """How many of so many requests are let in."""
    count = 0
    for _ in range(requests):
        with contextlib.suppress(TooManyRequests):
            await allowances.take(permit)
            count += 1
    return count


def limited(per_minute: int | None = None, per_day: int | None = None) -> Client:
    return Client(client_id="it", regions=("52",), scopes=(), per_minute=per_minute, per_day=per_day)


@pytest.mark.parametrize("most", [1, 7, 100])
async def test_a_minute_lets_in_exactly_what_is_granted(office: Office, most: int) -> None:
    moment = Moment()
    allowances = Allowances(office.house.database, now=moment)
    assert await let_in(allowances, limited(most), 2 * most + 3) == most
    moment.now += 59.9
    assert await let_in(allowances, limited(most), 3) == 0, "the minute is not over"
    moment.now += 0.2
    assert await let_in(allowances, limited(most), 2 * most) == most


async def test_processes_of_a_house_count_together_and_never_let_in_more(office: Office) -> None:
    moment = Moment()
    processes = [Allowances(office.house.database, now=moment) for _ in range(3)]
    one_by_one = [await let_in(process, limited(100), 1) for process in processes]
    assert one_by_one == [1, 1, 1]
    taken = await asyncio.gather(*(let_in(process, limited(100), 100) for process in processes))
    assert sum(taken) == 97
    moment.now += 60
    await processes[0].take(limited(100))
    await processes[0].close()
    assert await let_in(processes[1], limited(100), 200) == 99, "what a process did not use is given back"


async def test_a_day_is_a_business_day_and_outlives_the_process(office: Office) -> None:
    moment = Moment()
    allowances = Allowances(office.house.database, now=moment)
    assert await let_in(allowances, limited(per_day=20), 15) == 15
    await allowances.close()
    restarted = Allowances(office.house.database, now=moment)
    assert await let_in(restarted, limited(per_day=20), 15) == 5
    assert PER_DAY.left(NOON) == 12 * 3600, "until midnight in Beijing"
    moment.now += 12 * 3600
    assert await let_in(restarted, limited(per_day=20), 30) == 20


async def test_a_limit_that_is_changed_holds_in_the_same_minute(office: Office) -> None:
    allowances = Allowances(office.house.database, now=Moment())
    assert await let_in(allowances, limited(10), 20) == 10
    assert await let_in(allowances, limited(15), 20) == 5
    assert await let_in(allowances, limited(5), 20) == 0
    assert await let_in(allowances, limited(per_minute=100, per_day=3), 20) == 3
    assert await let_in(allowances, limited(100), 200) == 82, "what the day refused was not counted to the minute"


async def test_who_asks_too_often_is_told_when_to_come_again(office: Office) -> None:
    office.house.allowances = Allowances(office.house.database, now=Moment())
    secret = take_on(office.data, "busy", per_minute=3, per_day=1000, scopes=["monitoring:read", "monitoring:write"])
    caller = office.caller(office.token_of("busy", secret))
    first = await caller.get(RISKS)
    assert first.headers["ratelimit-policy"] == '"per-minute";q=3;w=60, "per-day";q=1000;w=86400'
    assert first.headers["ratelimit"] == f'"per-minute";r=2;t=60, "per-day";r=999;t={12 * 3600}'
    assert (await caller.put(f"/monitoring/v1/households/{HOUSEHOLD}", json=household())).status_code == 201
    hot = await caller.post("/monitoring/v1/facts", json=income_fact("2026-05", "100.00"))
    assert '"per-minute";r=0' in hot.headers["ratelimit"], "the hot route counts, and a body is counted once"
    for method, path, body in (
        ("GET", RISKS, None),
        ("GET", "/monitoring/v1/changes", None),
        ("POST", "/monitoring/v1/facts", income_fact("2026-06", "100.00")),
        ("PUT", f"/monitoring/v1/households/{HOUSEHOLD}", household()),
    ):
        refused = await caller.request(method, path, json=body)
        assert code_of(refused) == (429, "too-many-requests"), path
        assert refused.json()["limit"] == "per-minute"
        assert refused.headers["retry-after"] == "60"
        assert '"per-minute";r=0;t=60' in refused.headers["ratelimit"]
    asked = await office.caller().post(TOKEN, data=GRANT, auth=("busy", secret))
    assert (asked.status_code, asked.json()["error"], asked.headers["retry-after"]) == (429, "slow_down", "60")
    free = take_on(office.data, "free")
    assert "ratelimit" not in (await office.caller(office.token_of("free", free)).get(RISKS)).headers


def test_windows_end_when_they_should() -> None:
    assert [PER_MINUTE.left(NOON + late) for late in (0, 0.5, 59, 59.9)] == [60, 60, 1, 1]
    assert PER_MINUTE.window(NOON + 59.99) == PER_MINUTE.window(NOON)
    assert PER_MINUTE.window(NOON + 60) == PER_MINUTE.window(NOON) + 1


# Usage


async def test_what_a_partner_used_is_known_by_day_and_group(office: Office) -> None:
    secret = take_on(office.data, "hospital-a", per_minute=5)
    caller = office.caller(office.token_of("hospital-a", secret))
    assert (await office.caller().post(TOKEN, data=GRANT, auth=("hospital-a", secret))).status_code == 200
    statuses = [(await caller.get(path)).status_code for path in (RISKS, f"{RISKS}?nothing=1", "/monitoring/v1/jobs")]
    statuses += [(await caller.get(RISKS)).status_code for _ in range(3)]
    assert statuses == [200, 422, 200, 200, 429, 429]
    await office.house.usage.write()
    operator = office.operator()
    found = (await operator.get(f"{CLIENTS}/hospital-a/usage")).json()
    day = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date().isoformat()
    expected = {"jobs": (1, 0, 0), "oauth2/token": (1, 0, 0), "risks": (5, 1, 2)}
    assert found["items"] == [
        {"day": day, "house": "monitoring", "route_group": group, "requests": all_, "errors": wrong, "rejected": no}
        for group, (all_, wrong, no) in expected.items()
    ]
    assert found["total"] == {"requests": 7, "errors": 1, "rejected": 2}
    assert found["houses"] == ["monitoring"]
    assert found["elsewhere"]["assets"].startswith("/assets/v1/usage?client_id=hospital-a&from=")
    of_the_house = await operator.get("/monitoring/v1/usage", params={"client_id": "hospital-a"})
    assert of_the_house.json()["items"] == found["items"]
    before = {"from": "2020-01-01", "to": "2020-02-01"}
    assert (await operator.get(f"{CLIENTS}/hospital-a/usage", params=before)).json()["items"] == []
    for wrong_days in ({"from": "2026-02-01", "to": "2026-01-01"}, {"from": "2020-01-01", "to": "2026-01-01"}):
        answer = await operator.get(f"{CLIENTS}/hospital-a/usage", params=wrong_days)
        assert code_of(answer) == (422, "invalid"), answer.text
    assert code_of(await caller.get(f"{CLIENTS}/hospital-a/usage")) in {
        (403, "scope-missing"),
        (429, "too-many-requests"),
    }


async def test_counts_wait_for_a_database_that_is_away_and_are_added_up(office: Office) -> None:
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
    one, other = UsageCounts(office.house.database), UsageCounts(office.house.database)
    for counts in (one, other, one):
        counts.count("it", "/monitoring/v1/facts", 201, rejected=False)
    schema = office.house.database.write

    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionError

    vars(office.house.database)["write"] = away
    with pytest.raises(ConnectionError):
        await one.write()
    vars(office.house.database)["write"] = schema
    one.count("it", "/monitoring/v1/facts", 500, rejected=False)
    await asyncio.gather(one.write(), other.write())
    await one.write()
    [used] = await office.house.database.read(usage_of, "it", today, today)
    assert (used.requests, used.errors, used.rejected) == (4, 1, 0)


def process_of(house: House) -> House:
    """Another process of the same house."""
    return House(
        MONITORING,
        house.settings,
        transport=house.transport,
        clock=house.database.resources.clock,
        policy=house.database.resources.policy,
        verifier=house.verifier,
    )


async def test_a_process_that_stops_writes_what_it_counted(office: Office) -> None:
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
    house = process_of(office.house)
    house.start(background=False)
    secret = take_on(office.data, "it", per_day=100)
    office.app = process_app([house], office.issuer, max_body_bytes=1024 * 1024)
    caller = office.caller(office.token_of("it", secret))
    for _ in range(5):
        assert (await caller.get(RISKS)).status_code == 200
    await house.stop()
    [used] = await office.house.database.read(usage_of, "it", today, today)
    assert (used.route_group, used.requests) == ("risks", 5)
    left = await office.house.allowances.take(office.permits()["it"])
    assert [standing.remaining for standing in left] == [94], "nor is a lease lost"


@ON_SQLITE
async def test_usage_is_forgotten_when_its_time_is_over(office: Office) -> None:
    counts = UsageCounts(office.house.database, now=lambda: NOON)
    counts.count("it", "/monitoring/v1/facts", 201, rejected=False)
    await counts.write()
    day = dt.date(2026, 11, 16)
    old = Retention("monitoring", office.house.database, office.house.transport, 30, usage_days=400)
    await old.trim()
    assert len(await office.house.database.read(usage_of, "it", day, day)) == 1
    much_later = UsageCounts(office.house.database, now=lambda: NOON - 401 * 86400)
    much_later.count("it", "/monitoring/v1/facts", 201, rejected=False)
    await much_later.write()
    await old.trim()
    assert await office.house.database.read(usage_of, "it", dt.date(2020, 1, 1), day - dt.timedelta(days=1)) == []


# The audit of what was changed at the machine


async def test_what_was_changed_at_the_machine_comes_into_the_audit_once(office: Office) -> None:
    take_on(office.data, "hospital-a")
    [one] = read_book(office.data).clients["hospital-a"].secrets
    drop_secret(office.data, "hospital-a", one.id, OPERATOR)
    changes = read_book(office.data).changes
    carrier = ClientRecords(office.data, [office.house]).carrier
    await office.house.database.write(enter_changes, changes)  # killed before the file forgot them
    await asyncio.gather(carrier.carry(), ClientRecords(office.data, [office.house]).carrier.carry())
    assert read_book(office.data).changes == ()
    of_the_client = [row for row in await office.audited() if row[2] == "hospital-a"]
    actions = ("client.entered", "client.secret-given", "client.secret-dropped")
    assert of_the_client == [("operator", action, "hospital-a") for action in actions]
