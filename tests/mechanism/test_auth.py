"""Who gets in: tokens of the built-in issuer and of an outside one, on ordinary routes and on the hot one."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.utils import base64url_encode

from deploy.local.ports import free_port
from services.monitoring.app import MONITORING
from shared.http.application import process_app
from shared.security import tokens
from shared.security.issuer import CREDENTIALS_FILE, InsecureFile, open_issuer
from shared.security.keys import JwksKeys, KeysUnavailable
from shared.security.tokens import TokenExpired, TokenInvalid, TokenVerifier
from shared.settings import Settings
from tests.builders import HOUSEHOLD, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.outside_issuer import NAMES, OutsideIssuer, claims, outside_issuer, signed
from tests.mechanism.probe import ON_SQLITE

READ, WRITE = "monitoring:read", "monitoring:write"
A_WHILE = 61.0
"""Seconds after which keys are fetched again."""
OPEN_TO_OTHERS = (0o640, 0o604, 0o666)

Challenged = tuple[int, str, str | None]
"""Status, problem code and `WWW-Authenticate` of an answer."""


async def ask_both(client: httpx.AsyncClient, token: str | None) -> tuple[Challenged, Challenged]:
    """What an ordinary route and the hot route answer to the same Authorization header."""
    headers = httpx.Headers({} if token is None else {"Authorization": token}, encoding="utf-8")
    ordinary = await client.get(f"/monitoring/v1/households/{HOUSEHOLD}", headers=headers)
    hot = await client.post("/monitoring/v1/facts", json=income_fact("2026-09", "100.00"), headers=headers)
    return _challenged(ordinary), _challenged(hot)


def _challenged(answer: httpx.Response) -> Challenged:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document = answer.json()
    assert document["status"] == answer.status_code
    code = document["type"].removeprefix("urn:problem:monitoring:")
    return answer.status_code, code, answer.headers.get("www-authenticate")


def _signed_by_hand(header: Mapping[str, Any], payload: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> str:
    signed = b".".join(base64url_encode(json.dumps(part).encode()) for part in (header, payload))
    return (signed + b"." + base64url_encode(sign(signed))).decode()


def _hs256(key: bytes) -> Callable[[bytes], bytes]:
    def sign(message: bytes) -> bytes:
        mac = hmac.HMAC(key, hashes.SHA256())
        mac.update(message)
        return mac.finalize()

    return sign


def refused_tokens(key: Ed25519PrivateKey) -> dict[str, tuple[str | None, str]]:
    """Authorization headers that must not get in, each with the code that says why."""

    def bearer(private_key: Ed25519PrivateKey = key, **changes: Any) -> str:
        return "Bearer " + jwt.encode(claims(**changes), private_key, algorithm="EdDSA")

    good = bearer()
    head, body, signature = good.split(".")
    other_body = base64url_encode(json.dumps(claims(region="")).encode()).decode()
    public = key.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    elliptic = ec.generate_private_key(ec.SECP256R1())
    hs256 = {"alg": "HS256", "typ": "JWT"}
    return {
        "nothing": (None, "token-missing"),
        "empty": ("", "token-missing"),
        "no token": ("Bearer ", "token-missing"),
        "another kind": ("Basic dGVzdGVyOnNlY3JldA==", "token-missing"),
        "not a token": ("Bearer token", "token-invalid"),
        "dots only": ("Bearer ..", "token-invalid"),
        "bytes beyond ASCII": (good + "é", "token-invalid"),
        "cut off": (good[:-20], "token-invalid"),
        "no signature": (f"{head}.{body}.", "token-invalid"),
        "another body": (f"{head}.{other_body}.{signature}", "token-invalid"),
        "another key": (bearer(Ed25519PrivateKey.generate()), "token-invalid"),
        "expired": (bearer(exp=int(time.time()) - 1), "token-expired"),
        "not yet valid": (bearer(nbf=int(time.time()) + 600), "token-invalid"),
        "another audience": (bearer(aud="elsewhere"), "token-invalid"),
        "another issuer": (bearer(iss="https://issuer.example"), "token-invalid"),
        "no expiry": (bearer(exp=None), "token-invalid"),
        "expiry that is no time": (bearer(exp="soon"), "token-invalid"),
        "no subject": (bearer(sub=None), "token-invalid"),
        "empty subject": (bearer(sub=""), "token-invalid"),
        "subject too long to record": (bearer(sub="x" * 65), "token-invalid"),
        "no region": (bearer(region=None), "token-invalid"),
        "empty region": (bearer(region=""), "token-invalid"),
        "region that is no code": (bearer(region="贵州"), "token-invalid"),
        "region as a number": (bearer(region=52), "token-invalid"),
        "region of three digits": (bearer(region="520"), "token-invalid"),
        "no region in the list": (bearer(region=[]), "token-invalid"),
        "a list with something else": (bearer(region=["52", 44]), "token-invalid"),
        "sources that are no list": (bearer(sources="payroll"), "token-invalid"),
        "buyers that are no names": (bearer(buyers=[1]), "token-invalid"),
        "alg none": ("Bearer " + jwt.encode(claims(), "", algorithm="none"), "token-invalid"),
        "HS256 with the public key": ("Bearer " + _signed_by_hand(hs256, claims(), _hs256(pem)), "token-invalid"),
        "HS256 with its bytes": ("Bearer " + _signed_by_hand(hs256, claims(), _hs256(raw)), "token-invalid"),
        "key of another algorithm": ("Bearer " + jwt.encode(claims(), elliptic, algorithm="ES256"), "token-invalid"),
        "unknown algorithm": ("Bearer " + _signed_by_hand({"alg": "X"}, claims(), lambda _: b"x"), "token-invalid"),
    }


@ON_SQLITE
async def test_a_token_that_does_not_hold_is_refused_alike_on_every_route(
    open_house: OpenHouse, client_for: ClientFor, signing_key: Ed25519PrivateKey
) -> None:
    client = client_for(await open_house(MONITORING))
    del client.headers["authorization"]
    refused = refused_tokens(signing_key)
    expected = {name: (401, code, "Bearer") for name, (_, code) in refused.items()}
    answers = {name: await ask_both(client, token) for name, (token, _) in refused.items()}
    assert {name: ordinary for name, (ordinary, _) in answers.items()} == expected
    assert {name: hot for name, (_, hot) in answers.items()} == expected


@ON_SQLITE
async def test_a_token_without_the_scope_is_told_which_one_it_lacks(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await open_house(MONITORING), scopes=("assistance:read", "monitoring:rea"))
    for method, path, scope in (("GET", "risks", READ), ("POST", "facts", WRITE)):
        answer = await client.request(method, f"/monitoring/v1/{path}", json=None if method == "GET" else "nonsense")
        assert _challenged(answer) == (403, "scope-missing", None)
        assert answer.json()["scope"] == scope


@ON_SQLITE
async def test_the_kind_of_a_bearer_token_is_read_in_any_case(open_house: OpenHouse, client_for: ClientFor) -> None:
    client = client_for(await open_house(MONITORING))
    token = client.headers["authorization"].removeprefix("Bearer ")
    answers = await ask_both(client, f"bearer {token}")
    assert [code for _, code, _ in answers] == ["household-not-found"] * 2


def test_a_remembered_token_expires_too(signing_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = TokenVerifier(lambda _: signing_key.public_key(), **NAMES)
    token = jwt.encode(claims(), signing_key, algorithm="EdDSA")
    assert verifier.actor(token).id == "tester"
    later = time.time() + 601
    monkeypatch.setattr(tokens, "time", SimpleNamespace(time=lambda: later))
    with pytest.raises(TokenExpired):
        verifier.actor(token)


def ask_token(data: Path) -> httpx.AsyncClient:
    """A client of a process without houses, whose issuer keeps its files in this folder."""
    issuer = open_issuer(data, base_url="http://127.0.0.1:8000", **NAMES)
    app = process_app([], issuer, max_body_bytes=1024 * 1024)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


def credentials(data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / CREDENTIALS_FILE).read_text(encoding="utf-8"))
    return found


def grant(data: Path, as_client: str, /, **changes: str | None) -> dict[str, str]:
    """The form of a token request; None leaves a field out."""
    [known] = [client for client in credentials(data)["clients"] if client["client_id"] == as_client]
    form = {"grant_type": "client_credentials", "client_id": as_client, "client_secret": known["client_secret"]}
    return {name: value for name, value in (form | changes).items() if value is not None}


async def test_the_token_endpoint_gives_tokens_that_hold(tmp_path: Path) -> None:
    async with ask_token(tmp_path) as client:
        answer = await client.post("/oauth2/token", data=grant(tmp_path, "county-officer-dejiang"))
        narrowed = await client.post("/oauth2/token", data=grant(tmp_path, "province", scope=f"{READ} ops:admin"))
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "scope"}
    assert answer.json()["token_type"] == "Bearer"
    issuer = open_issuer(tmp_path, base_url="http://127.0.0.1:8000", **NAMES)
    verifier = TokenVerifier(lambda _: issuer.public_key, **NAMES)
    officer, province = (verifier.actor(given.json()["access_token"]) for given in (answer, narrowed))
    assert (officer.id, officer.regions) == ("county-officer-dejiang", ("520626",))
    assert officer.scopes == set(answer.json()["scope"].split())
    assert (province.regions, sorted(province.scopes)) == (("52",), [READ, "ops:admin"])
    assert narrowed.json()["scope"] == f"{READ} ops:admin"


async def test_the_token_endpoint_refuses_with_one_problem_each(tmp_path: Path) -> None:
    async with ask_token(tmp_path) as client:

        async def refusal(**changes: str | None) -> tuple[int, str, list[str]]:
            answer = await client.post("/oauth2/token", data=grant(tmp_path, "read-only", **changes))
            document = answer.json()
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers.get("www-authenticate") == ("Bearer" if answer.status_code == 401 else None)
            pointers = [error["pointer"] for error in document.get("errors", [])]
            return answer.status_code, document["type"].removeprefix("urn:problem:system:"), pointers

        assert await refusal(client_secret="wrong") == (401, "client-unknown", [])
        assert await refusal(client_secret="密码") == (401, "client-unknown", [])
        assert await refusal(client_id="nobody") == (401, "client-unknown", [])
        assert await refusal(client_secret=None) == (422, "invalid", ["/client_secret"])
        assert await refusal(grant_type="password") == (422, "invalid", ["/grant_type"])
        assert await refusal(grant_type=None) == (422, "invalid", ["/grant_type"])
        assert await refusal(client_id="x" * 129) == (422, "invalid", ["/client_id"])
        assert await refusal(scope=WRITE) == (400, "scope-not-granted", [])
        assert await refusal(scope=f"{READ} no:such") == (400, "scope-not-granted", [])


def test_secrets_are_for_their_owner_and_survive_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "var"
    first = open_issuer(data, base_url="http://127.0.0.1:8000", **NAMES)
    before = credentials(data)
    kept = {path.name: path.stat().st_mode & 0o777 for path in data.iterdir() if path.stat().st_size}
    assert kept == {CREDENTIALS_FILE: 0o600, "signing-key.pem": 0o600}
    [secret] = [client["client_secret"] for client in before["clients"] if client["client_id"] == "province"]
    token = first.token("province", secret, None)["access_token"]

    moved = open_issuer(data, base_url="http://127.0.0.1:8001", **NAMES)
    assert TokenVerifier(lambda _: moved.public_key, **NAMES).actor(token).id == "province"
    assert moved.token("province", secret, None)["token_type"] == "Bearer"
    assert credentials(data) == before | {"base_url": "http://127.0.0.1:8001"}
    assert (data / CREDENTIALS_FILE).stat().st_mode & 0o777 == 0o600


def test_every_data_folder_has_secrets_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        open_issuer(tmp_path / name, base_url="http://127.0.0.1:8000", **NAMES)
    secrets_of = [
        {client["client_secret"] for client in credentials(tmp_path / name)["clients"]} for name in ("one", "two")
    ]
    assert all(len(found) == 5 for found in secrets_of)
    assert not secrets_of[0] & secrets_of[1]


@pytest.mark.parametrize("name", [CREDENTIALS_FILE, "signing-key.pem"])
@pytest.mark.parametrize("mode", OPEN_TO_OTHERS, ids=oct)
def test_a_secret_that_lies_open_is_not_used(tmp_path: Path, name: str, mode: int) -> None:
    open_issuer(tmp_path, base_url="http://127.0.0.1:8000", **NAMES)
    (tmp_path / name).chmod(mode)
    with pytest.raises(InsecureFile, match=rf"^{name} can be read by others: its mode must be 0600$"):
        open_issuer(tmp_path, base_url="http://127.0.0.1:8000", **NAMES)


@pytest.fixture
def outside() -> Iterator[OutsideIssuer]:
    with outside_issuer() as found:
        yield found


@ON_SQLITE
async def test_an_outside_issuer_is_believed_on_every_route(
    outside: OutsideIssuer, open_house: OpenHouse, settings: Settings
) -> None:
    edwards, elliptic = Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    outside.publish(ed=edwards, ec=elliptic)
    house = await open_house(MONITORING)
    house.verifier = outside.verifier()
    app = process_app([house], None, max_body_bytes=settings.max_body_bytes)
    not_found = (404, "household-not-found", None)
    unknown = (401, "token-invalid", "Bearer")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        for kid, key, expected in (("ed", edwards, not_found), ("ec", elliptic, not_found), ("no", edwards, unknown)):
            assert await ask_both(client, f"Bearer {signed(kid, key)}") == (expected, expected)
        assert (await client.post("/oauth2/token", data={})).status_code == 404, "tokens are given out elsewhere"
    assert outside.asked == 1


def test_a_key_is_used_only_under_its_own_name_and_algorithm(outside: OutsideIssuer) -> None:
    edwards, elliptic = Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    outside.publish(ed=edwards, ec=elliptic, rsa=rsa.generate_private_key(65537, 2048))
    verifier = outside.verifier()
    assert verifier.actor(signed("ed", edwards)).regions == ("52",)
    for kid, key in (("ec", edwards), ("ed", elliptic), ("rsa", elliptic), ("rsa", edwards), (None, edwards)):
        with pytest.raises(TokenInvalid):
            verifier.actor(signed(kid, key))
    with pytest.raises(TokenInvalid):
        verifier.actor(signed("ed", edwards, aud="elsewhere"))


def test_a_rotated_key_is_picked_up_but_not_asked_for_at_every_token(outside: OutsideIssuer) -> None:
    old, new = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    outside.publish(old=old)
    verifier = outside.verifier()
    assert verifier.actor(signed("old", old)).id == "tester"
    outside.publish(new=new)

    for _ in range(5):
        with pytest.raises(TokenInvalid):
            verifier.actor(signed("new", new))
    assert outside.asked == 1
    outside.now += A_WHILE
    assert verifier.actor(signed("new", new)).id == "tester"
    with pytest.raises(TokenInvalid):
        verifier.actor(signed("old", old, sub="withdrawn"))
    assert outside.asked == 2


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        ["no", "set"],
        {"keys": "none"},
        {"keys": [7]},
        {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": 7, "kid": "it"}]},
    ],
    ids=repr,
)
def test_keys_that_cannot_be_fetched_are_no_fault_of_the_caller(outside: OutsideIssuer, document: Any) -> None:
    key = Ed25519PrivateKey.generate()
    outside.document = document
    verifier = outside.verifier()
    for _ in range(3):
        with pytest.raises(KeysUnavailable):
            verifier.actor(signed("it", key))
    assert outside.asked == 1
    outside.publish(it=key)
    outside.now += A_WHILE
    assert verifier.actor(signed("it", key)).id == "tester"


@ON_SQLITE
async def test_an_issuer_that_is_away_makes_every_route_unavailable(open_house: OpenHouse, settings: Settings) -> None:
    house = await open_house(MONITORING)
    house.verifier = TokenVerifier(JwksKeys(f"http://127.0.0.1:{free_port()}/keys"), **NAMES)
    app = process_app([house], None, max_body_bytes=settings.max_body_bytes)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        answers = await ask_both(client, f"Bearer {signed('it', Ed25519PrivateKey.generate())}")
    assert answers == ((503, "keys-unavailable", None),) * 2


@pytest.mark.parametrize(
    ("claim", "regions"),
    [
        ("52", ("52",)),
        ("520626000000", ("520626",)),
        ("520600", ("5206",)),
        (["520626", "520628000000", "520626000000"], ("520626", "520628")),
        ("*", ("",)),
    ],
)
def test_a_token_names_a_region_several_or_every_one(claim: Any, regions: tuple[str, ...]) -> None:
    key = Ed25519PrivateKey.generate()
    verifier = TokenVerifier(lambda _: key.public_key(), **NAMES)
    actor = verifier.actor(jwt.encode(claims(region=claim), key, algorithm="EdDSA"))
    assert actor.regions == regions


@pytest.mark.parametrize(
    ("sources", "payroll", "itself"),
    [(None, False, True), ([], False, False), (["Payroll"], True, False), (["*"], True, True)],
)
def test_a_token_says_whom_its_client_speaks_for(sources: list[str] | None, payroll: bool, itself: bool) -> None:
    key = Ed25519PrivateKey.generate()
    verifier = TokenVerifier(lambda _: key.public_key(), **NAMES)
    said = {} if sources is None else {"sources": sources}
    actor = verifier.actor(jwt.encode(claims(sub="Station-7", **said), key, algorithm="EdDSA"))
    assert (actor.speaks_for("payroll"), actor.speaks_for("station-7")) == (payroll, itself)
