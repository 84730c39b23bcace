"""What is asked for by several at once when a process starts: the secrets of a data folder, the keys of an issuer."""

import asyncio
import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.security.issuer import CREDENTIALS_FILE, Issuer, open_issuer
from shared.security.keys import JwksKeys
from shared.security.tokens import TokenVerifier
from tests.mechanism.probe import BOUND_SECONDS

NAMES = {"issuer": "https://issuer.example", "audience": "shouxian"}


class KeyServer:
    """An issuer's key set on loopback that answers once it is let."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        document = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
        self.body = json.dumps({"keys": [{**document, "kid": "k1"}]}).encode()
        self.asked = 0
        self.answers = threading.Event()
        self.url = ""


@pytest.fixture
def signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def outside(signing_key: Ed25519PrivateKey) -> Iterator[KeyServer]:
    outside = KeyServer(signing_key)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            outside.asked += 1
            assert outside.answers.wait(BOUND_SECONDS)
            self.send_response(200)
            self.send_header("Content-Length", str(len(outside.body)))
            self.end_headers()
            self.wfile.write(outside.body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    outside.url = f"http://127.0.0.1:{server.server_port}/keys"
    yield outside
    outside.answers.set()
    server.shutdown()
    thread.join()
    server.server_close()


def token(key: Ed25519PrivateKey, subject: str) -> str:
    expires = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    claims = {"iss": NAMES["issuer"], "aud": NAMES["audience"], "sub": subject, "exp": expires, "region": "52"}
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": "k1"})


async def test_the_first_tokens_are_all_recognised_by_one_fetch_that_holds_nobody_up(
    outside: KeyServer, signing_key: Ed25519PrivateKey
) -> None:
    verifier = TokenVerifier(JwksKeys(outside.url), **NAMES)
    subjects = [f"client-{number}" for number in range(8)]
    asking = [asyncio.create_task(verifier.recognise(token(signing_key, subject))) for subject in subjects]
    async with asyncio.timeout(BOUND_SECONDS):
        while outside.asked == 0:
            await asyncio.sleep(0.01)
        assert not any(task.done() for task in asking), "the loop goes on while the issuer takes its time"
        outside.answers.set()
        assert [actor.id for actor in await asyncio.gather(*asking)] == subjects
    assert outside.asked == 1


def test_processes_that_start_together_agree_on_the_secrets(tmp_path: Path) -> None:
    opened: list[Issuer] = []

    def start() -> None:
        opened.append(open_issuer(tmp_path, base_url="http://127.0.0.1:8000", **NAMES))

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [client, *_] = json.loads((tmp_path / CREDENTIALS_FILE).read_text())["clients"]
    keys = {issuer.public_key.public_bytes_raw() for issuer in opened}
    assert (len(opened), len(keys)) == (6, 1)
    for issuer in opened:
        assert issuer.token(client["client_id"], client["client_secret"], None)["token_type"] == "Bearer"
