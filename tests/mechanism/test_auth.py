"""Who gets in: tokens of the built-in issuer and of an outside one, on ordinary routes and on the hot one."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
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
from shared.security import keys, tokens
from shared.security.keys import JwksKeys, KeysUnavailable
from shared.security.tokens import TokenExpired, TokenInvalid, TokenVerifier
from shared.settings import Settings
from tests.builders import HOUSEHOLD, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.outside_issuer import NAMES, OutsideIssuer, claims, outside_issuer, signed, signed_as
from tests.mechanism.probe import BOUND_SECONDS, ON_SQLITE, until

READ, WRITE = "monitoring:read", "monitoring:write"

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
        "expired": (bearer(exp=int(time.time()) - 31), "token-expired"),
        "expiry of 400 digits": (bearer(exp=int("9" * 400)), "token-invalid"),
        "expiry without end": (bearer(exp=float("inf")), "token-invalid"),
        "beginning of 400 digits": (bearer(nbf=int("9" * 400)), "token-invalid"),
        "made in 400 digits": (bearer(iat=int("9" * 400)), "token-invalid"),
        "not yet valid": (bearer(nbf=int(time.time()) + 600), "token-invalid"),
        "another audience": (bearer(aud="elsewhere"), "token-invalid"),
        "another issuer": (bearer(iss="https://issuer.example"), "token-invalid"),
        "no expiry": (bearer(exp=None), "token-invalid"),
        "expiry that is no time": (bearer(exp="soon"), "token-invalid"),
        "no subject": (bearer(sub=None), "token-invalid"),
        "empty subject": (bearer(sub=""), "token-invalid"),
        "subject too long to record": (bearer(sub="x" * 65), "token-invalid"),
        "a house as subject": (bearer(sub="employment"), "token-invalid"),
        "the machine as subject": (bearer(sub="system"), "token-invalid"),
        "the machine in another case": (bearer(sub="SysTem"), "token-invalid"),
        "the machine in full width": (bearer(sub="ｓｙｓｔｅｍ"), "token-invalid"),
        "the machine with blanks": (bearer(sub="sys\u2003tem"), "token-invalid"),
        "the operator as subject": (bearer(sub="Operator"), "token-invalid"),
        "subject of two lines": (bearer(sub="a\nb"), "token-invalid"),
        "subject with what nobody sees": (bearer(sub="a\u200bb"), "token-invalid"),
        "subject with a blank behind": (bearer(sub="tester "), "token-invalid"),
        "subject as a number": (bearer(sub=7), "token-invalid"),
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


def test_the_clock_of_an_issuer_may_differ_by_half_a_minute(signing_key: Ed25519PrivateKey) -> None:
    verifier = TokenVerifier(lambda _: signing_key.public_key(), **NAMES)
    now = int(time.time())
    for changes in ({"nbf": now + 20}, {"iat": now + 20}, {"exp": now - 20}):
        assert verifier.actor(jwt.encode(claims(**changes), signing_key, algorithm="EdDSA")).id == "tester"


def test_a_remembered_token_expires_too(signing_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = TokenVerifier(lambda _: signing_key.public_key(), **NAMES)
    token = jwt.encode(claims(), signing_key, algorithm="EdDSA")
    assert verifier.actor(token).id == "tester"
    later = time.time() + 631
    monkeypatch.setattr(tokens, "time", SimpleNamespace(time=lambda: later, monotonic=time.monotonic))
    with pytest.raises(TokenExpired):
        verifier.actor(token)


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
    assert outside.asked == 2


async def test_a_key_is_used_only_under_its_own_name_and_algorithm(outside: OutsideIssuer) -> None:
    edwards, elliptic = Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    numbers = rsa.generate_private_key(65537, 2048)
    outside.publish(ed=edwards, ec=elliptic, rsa=numbers)
    verifier = outside.verifier()
    assert (await verifier.recognise(signed("ed", edwards))).actor.regions == ("52",)
    assert (await verifier.recognise(signed("ec", elliptic))).actor.regions == ("52",)
    assert (await verifier.recognise(signed("rsa", numbers))).actor.regions == ("52",)
    assert (await verifier.recognise(signed_as("PS256", "rsa", numbers))).actor.id == "tester"
    for kid, key in (("ec", edwards), ("ed", elliptic), ("rsa", elliptic), ("ec", numbers), (None, edwards)):
        with pytest.raises(TokenInvalid):
            await verifier.recognise(signed(kid, key))
    for algorithm in ("RS384", "RS512", "PS512"):
        with pytest.raises(TokenInvalid):
            await verifier.recognise(signed_as(algorithm, "rsa", numbers))
    with pytest.raises(TokenInvalid):
        await verifier.recognise(signed("ed", edwards, aud="elsewhere"))


async def test_a_key_that_names_its_algorithm_is_used_for_no_other(outside: OutsideIssuer) -> None:
    numbers = rsa.generate_private_key(65537, 2048)
    outside.publish(rsa=numbers)
    outside.document["keys"][0]["alg"] = "PS256"
    verifier = outside.verifier()
    assert (await verifier.recognise(signed_as("PS256", "rsa", numbers))).actor.id == "tester"
    with pytest.raises(TokenInvalid):
        await verifier.recognise(signed_as("RS256", "rsa", numbers))


async def test_a_new_key_is_known_to_its_first_token_and_a_false_one_is_not_asked_for_again(
    outside: OutsideIssuer,
) -> None:
    old, new = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    outside.publish(old=old)
    verifier = outside.verifier()
    assert (await verifier.recognise(signed("old", old))).actor.id == "tester"
    outside.publish(old=old, new=new)
    assert (await verifier.recognise(signed("new", new))).actor.id == "tester"
    for _ in range(5):
        with pytest.raises(TokenInvalid):
            await verifier.recognise(signed("false", new))
    assert outside.asked == 3


async def test_a_withdrawn_key_stops_for_tokens_that_were_good_before(
    outside: OutsideIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`audit.md` 16: it stayed good without limit."""
    withdrawn, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    outside.refresh_seconds = 0.05
    monkeypatch.setattr(tokens, "_REMEMBERED_SECONDS", 0.05)
    outside.publish(withdrawn=withdrawn, other=other)
    verifier = outside.verifier()
    known = signed("withdrawn", withdrawn)
    assert (await verifier.recognise(known)).actor.id == "tester"
    outside.publish(other=other)

    async def refused(token: str) -> bool:
        try:
            await verifier.recognise(token)
        except TokenInvalid:
            return True
        return False

    async with asyncio.timeout(BOUND_SECONDS):
        while not await refused(known):
            await asyncio.sleep(0.05)
    assert await refused(signed("withdrawn", withdrawn, sub="another"))
    assert keys.REFRESH_SECONDS + 60.0 < 300, "with the defaults that is within five minutes"


async def test_an_issuer_that_hangs_delays_nobody_whose_key_is_known(outside: OutsideIssuer) -> None:
    """`audit.md` 16: an honest new token waited 6.7 s behind 40 false ones."""
    key = Ed25519PrivateKey.generate()
    outside.publish(it=key)
    verifier = outside.verifier()
    await verifier.recognise(signed("it", key))
    outside.answers.clear()
    bogus = [asyncio.create_task(verifier.recognise(signed(f"bogus-{number}", key))) for number in range(40)]
    await until(lambda: outside.asked == 2)
    started = time.perf_counter()
    for number in range(40):
        assert (await verifier.recognise(signed("it", key, sub=f"honest-{number}"))).actor.id == f"honest-{number}"
    assert time.perf_counter() - started < 1.0
    outside.answers.set()
    answers = await asyncio.gather(*bogus, return_exceptions=True)
    assert {type(answer) for answer in answers} <= {TokenInvalid, KeysUnavailable}


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
async def test_keys_that_cannot_be_fetched_are_no_fault_of_the_caller(
    outside: OutsideIssuer, document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_AFTER_FAILURE_SECONDS", 1.5)
    key = Ed25519PrivateKey.generate()
    outside.document = document
    verifier = outside.verifier()
    for _ in range(3):
        with pytest.raises(KeysUnavailable):
            await verifier.recognise(signed("it", key))
    assert outside.asked == 1
    outside.publish(it=key)
    await until(lambda: outside.asked == 2)
    async with asyncio.timeout(BOUND_SECONDS):
        while True:
            with suppress(KeysUnavailable):
                assert (await verifier.recognise(signed("it", key))).actor.id == "tester"
                break


@ON_SQLITE
async def test_an_issuer_that_is_away_makes_every_route_unavailable(open_house: OpenHouse, settings: Settings) -> None:
    house = await open_house(MONITORING)
    away = JwksKeys(f"http://127.0.0.1:{free_port()}/keys")
    house.verifier = TokenVerifier(away, fetch_for=away.fetch_for, **NAMES)
    app = process_app([house], None, max_body_bytes=settings.max_body_bytes)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        answers = await ask_both(client, f"Bearer {signed('it', Ed25519PrivateKey.generate())}")
    away.close()
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
    actor = verifier.actor(jwt.encode(claims(sub="Station-7", sources=sources), key, algorithm="EdDSA"))
    assert (actor.speaks_for("payroll"), actor.speaks_for("station-7")) == (payroll, itself)
