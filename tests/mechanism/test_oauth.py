"""The token endpoint as the clients of RFC 6749 know it: two ways to sign in, its errors, its brake, its keys."""

import base64
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import httpx
import pytest
from jwt import PyJWKSet
from prometheus_client import REGISTRY

from shared.http.application import process_app
from shared.security.files import InsecureFile
from shared.security.issuer import CREDENTIALS_FILE, open_issuer
from shared.security.signing import PublicKeys, rotate_keys
from shared.security.tokens import TokenVerifier
from tests.logged import reading_logs
from tests.mechanism.outside_issuer import NAMES
from tests.partners import take_on

READ, WRITE = "monitoring:read", "monitoring:write"
OPEN_TO_OTHERS = (0o640, 0o604, 0o666)
TOKEN = "/oauth2/token"
GRANT = {"grant_type": "client_credentials"}


def issuer_of(data: Path, base_url: str = "http://127.0.0.1:8000") -> Any:
    return open_issuer(data, base_url=base_url, demonstration=True, **NAMES)


def ask_token(data: Path) -> httpx.AsyncClient:
    """A client of a process without houses, whose issuer keeps its files in this folder."""
    app = process_app([], issuer_of(data), max_body_bytes=1024 * 1024)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


def verifier_of(data: Path) -> TokenVerifier:
    """Checks tokens of this folder's issuer, as any process of it does."""
    return TokenVerifier(PublicKeys(data), **NAMES)


def credentials(data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / CREDENTIALS_FILE).read_text(encoding="utf-8"))
    return found


def secret_of(data: Path, client_id: str) -> str:
    [known] = [client for client in credentials(data)["clients"] if client["client_id"] == client_id]
    return str(known["client_secret"])


def grant(data: Path, as_client: str, /, **changes: str | None) -> dict[str, str]:
    """The form of a token request; None leaves a field out."""
    form = GRANT | {"client_id": as_client, "client_secret": secret_of(data, as_client)}
    return {name: value for name, value in (form | changes).items() if value is not None}


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


async def test_a_client_signs_in_by_form_or_by_basic_and_its_token_holds(tmp_path: Path) -> None:
    async with ask_token(tmp_path) as client:
        answers = [
            await client.post(TOKEN, data=grant(tmp_path, "county-officer-dejiang")),
            await client.post(
                TOKEN,
                data=GRANT,
                headers=basic("county-officer-dejiang", secret_of(tmp_path, "county-officer-dejiang")),
            ),
            await client.post(
                TOKEN,
                data=GRANT | {"client_id": "county-officer-dejiang"},
                headers=basic("county-officer-dejiang", secret_of(tmp_path, "county-officer-dejiang")),
            ),
        ]
        narrowed = await client.post(TOKEN, data=grant(tmp_path, "province", scope=f"{READ} ops:admin"))
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert set(answer.json()) == {"access_token", "token_type", "expires_in", "scope"}
        assert answer.json()["token_type"] == "Bearer"
        assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
        officer = verifier_of(tmp_path).actor(answer.json()["access_token"])
        assert (officer.id, officer.regions) == ("county-officer-dejiang", ("520626",))
        assert officer.scopes == set(answer.json()["scope"].split())
    province = verifier_of(tmp_path).actor(narrowed.json()["access_token"])
    assert (province.regions, sorted(province.scopes)) == (("52",), [READ, "ops:admin"])
    assert narrowed.json()["scope"] == f"{READ} ops:admin"


async def test_basic_reads_names_and_secrets_as_forms_write_them(tmp_path: Path) -> None:
    secret = take_on(tmp_path, "县医院:1", regions=["520626"], scopes=[WRITE])
    async with ask_token(tmp_path) as client:
        answer = await client.post(TOKEN, data=GRANT, headers=basic(quote_plus("县医院:1"), quote_plus(secret)))
    assert answer.status_code == 200, answer.text
    assert verifier_of(tmp_path).actor(answer.json()["access_token"]).id == "县医院:1"


def test_a_secret_that_held_is_not_hashed_again_whoever_else_signs_in_between(tmp_path: Path) -> None:
    """Hashing is meant to be slow: a gateway that asks for many clients in turn would wait for it every time."""
    issuer = issuer_of(tmp_path)
    secrets = {name: take_on(tmp_path, name, regions=["520626"], scopes=[WRITE]) for name in ("one", "two", "three")}

    def sign_in() -> float:
        """Each of them once; the seconds of work it took."""
        begun = time.process_time()
        for name, secret in secrets.items():
            issuer.token(name, secret, None)
        return time.process_time() - begun

    first = sign_in()
    assert min(sign_in() for _ in range(3)) < first / 3


async def test_the_token_endpoint_refuses_in_the_words_of_the_standard(tmp_path: Path) -> None:
    async with ask_token(tmp_path) as client:
        secret = secret_of(tmp_path, "read-only")

        async def refusal(**changes: str | None) -> tuple[int, str]:
            return refused(await client.post(TOKEN, data=grant(tmp_path, "read-only", **changes)))

        async def refused_as_sent(**request: Any) -> tuple[int, str]:
            return refused(await client.post(TOKEN, **request))

        assert await refusal(client_secret="wrong") == (401, "invalid_client")
        assert await refusal(client_secret="密码") == (401, "invalid_client")
        assert await refusal(client_id="nobody") == (401, "invalid_client")
        assert await refusal(client_id="x" * 129) == (401, "invalid_client")
        assert await refusal(client_secret=None) == (401, "invalid_client")
        assert await refusal(client_secret="") == (401, "invalid_client")
        assert await refusal(grant_type="password") == (400, "unsupported_grant_type")
        assert await refusal(grant_type=None) == (400, "invalid_request")
        assert await refusal(scope=WRITE) == (400, "invalid_scope")
        assert await refusal(scope=f"{READ} no:such") == (400, "invalid_scope")
        assert await refusal(scope="x" * 2001) == (400, "invalid_request")
        invalid_request, invalid_client = (400, "invalid_request"), (401, "invalid_client")
        assert await refused_as_sent(json=GRANT) == invalid_request
        assert await refused_as_sent() == invalid_request
        assert await refused_as_sent(files={"grant_type": b"client_credentials"}) == invalid_request
        form = {"content-type": "application/x-www-form-urlencoded"}
        twice = b"grant_type=client_credentials&grant_type=client_credentials"
        assert await refused_as_sent(content=twice, headers=form) == invalid_request
        assert await refused_as_sent(content=b"grant_type=%ff", headers=form) == invalid_request
        both = grant(tmp_path, "read-only")
        assert await refused_as_sent(data=both, headers=basic("read-only", secret)) == invalid_request
        assert await refused_as_sent(data=GRANT) == invalid_client
        assert await refused_as_sent(data=GRANT, headers=basic("read-only", "wrong")) == invalid_client
        assert await refused_as_sent(data=GRANT, headers={"authorization": "Basic ?"}) == invalid_client
        assert await refused_as_sent(data=GRANT, headers={"authorization": "Basic " + secret}) == invalid_client


def refused(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers.get("www-authenticate", "").startswith("Basic " if answer.status_code == 401 else "")
    document = answer.json()
    assert set(document) == {"error", "error_description"}
    assert document["error_description"].isascii()
    return answer.status_code, document["error"]


async def test_wrong_secrets_are_slowed_down_and_right_ones_are_not(tmp_path: Path) -> None:
    """`audit.md` 10, N A.2: 3,000 wrong secrets in a row were 3,000 quick answers and no line in the log."""
    labels = {"house": "system", "route": TOKEN, "client": "read-only"}

    def counted(status: str) -> float:
        return REGISTRY.get_sample_value("shouxian_access_refused_total", {**labels, "status": status}) or 0.0

    before = {status: counted(status) for status in ("401", "429")}
    async with ask_token(tmp_path) as client:
        for _ in range(30):
            assert (await client.post(TOKEN, data=grant(tmp_path, "read-only"))).status_code == 200
        with reading_logs() as logged:
            wrong = [
                await client.post(TOKEN, data=grant(tmp_path, "read-only", client_secret="wrong")) for _ in range(13)
            ]
        assert [answer.status_code for answer in wrong] == [401] * 10 + [429] * 3
        assert 1 <= int(wrong[-1].headers["retry-after"]) <= 60
        assert refused(wrong[-1]) == (429, "slow_down")
        right = await client.post(TOKEN, data=grant(tmp_path, "read-only"))
        assert right.status_code == 429, "whoever guesses does not learn that the guess was right"
        other = await client.post(TOKEN, data=grant(tmp_path, "province"))
        assert other.status_code == 200, "another client goes on"
    lines = [line for line in logged.lines() if line["event"] == "access.refused"]
    assert [line["status"] for line in lines] == [401] * 10 + [429] * 3
    assert {(line["client"], line["route"], line["house"]) for line in lines} == {("read-only", TOKEN, "system")}
    assert "wrong" not in logged.text()
    assert counted("401") == before["401"] + 10
    assert counted("429") == before["429"] + 4


async def test_an_address_that_tries_many_clients_is_slowed_down_too(tmp_path: Path) -> None:
    async with ask_token(tmp_path) as client:
        statuses = [
            (await client.post(TOKEN, data=GRANT | {"client_id": f"c{number}", "client_secret": "x"})).status_code
            for number in range(101)
        ]
    assert statuses == [401] * 100 + [429]


async def test_the_keys_of_the_issuer_are_published_and_two_hold_at_a_time(tmp_path: Path) -> None:
    async with ask_token(tmp_path) as client:

        async def token() -> str:
            return str((await client.post(TOKEN, data=grant(tmp_path, "read-only"))).json()["access_token"])

        async def published() -> set[str]:
            answer = await client.get("/oauth2/keys")
            assert answer.status_code == 200
            assert "d" not in json.dumps(sorted(answer.json()["keys"][0]))[1:-1].replace('"', "").split(", ")
            return {str(key.key_id) for key in PyJWKSet.from_dict(answer.json()).keys}

        verifier = verifier_of(tmp_path)
        first, keys_before = await token(), await published()
        new, dropped = rotate_keys(tmp_path)
        assert dropped is None
        issuer_sees_it = issuer_of(tmp_path)
        second = issuer_sees_it.token("read-only", secret_of(tmp_path, "read-only"), None)["access_token"]
        assert await published() == keys_before | {new}
        for each in (first, second):
            assert verifier.actor(each).id == "read-only"
            assert verifier_of(tmp_path).actor(each).id == "read-only"
        _, dropped = rotate_keys(tmp_path)
        assert {dropped} == keys_before
        assert verifier_of(tmp_path).actor(second).id == "read-only"
        with pytest.raises(Exception, match="not valid"):
            verifier_of(tmp_path).actor(first)


def test_secrets_are_for_their_owner_and_survive_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "var"
    first = issuer_of(data)
    before = credentials(data)
    kept = {path.name: path.stat().st_mode & 0o777 for path in data.iterdir() if path.is_file() and path.stat().st_size}
    assert kept == {CREDENTIALS_FILE: 0o600, "signing-key.pem": 0o600}
    secret = secret_of(data, "province")
    token = first.token("province", secret, None)["access_token"]

    moved = issuer_of(data, "http://127.0.0.1:8001")
    assert verifier_of(data).actor(token).id == "province"
    assert moved.token("province", secret, None)["token_type"] == "Bearer"
    assert credentials(data) == before | {"base_url": "http://127.0.0.1:8001"}
    assert (data / CREDENTIALS_FILE).stat().st_mode & 0o777 == 0o600


def test_every_data_folder_has_secrets_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        issuer_of(tmp_path / name)
    secrets_of = [
        {client["client_secret"] for client in credentials(tmp_path / name)["clients"]} for name in ("one", "two")
    ]
    assert all(len(found) == 9 for found in secrets_of)
    assert not secrets_of[0] & secrets_of[1]


@pytest.mark.parametrize("name", [CREDENTIALS_FILE, "signing-key.pem", "clients.json"])
@pytest.mark.parametrize("mode", OPEN_TO_OTHERS, ids=oct)
def test_a_secret_that_lies_open_is_not_used(tmp_path: Path, name: str, mode: int) -> None:
    issuer_of(tmp_path)
    take_on(tmp_path, "it", regions=["52"], scopes=[READ])
    (tmp_path / name).chmod(mode)
    with pytest.raises(InsecureFile, match=rf"^{name} can be read by others: its mode must be 0600$"):
        issuer_of(tmp_path)


def test_a_file_that_is_spoilt_while_the_process_runs_leaves_who_was_known(tmp_path: Path) -> None:
    secret = take_on(tmp_path, "it", regions=["52"], scopes=[READ])
    issuer = issuer_of(tmp_path)
    assert issuer.token("it", secret, None)["token_type"] == "Bearer"
    (tmp_path / "clients.json").write_text("{", encoding="utf-8")
    issuer._book(now=True)
    assert issuer.token("it", secret, None)["token_type"] == "Bearer"
