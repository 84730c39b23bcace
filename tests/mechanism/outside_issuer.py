"""An issuer elsewhere: it signs tokens with keys whose public half it publishes over HTTP."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from shared.security.keys import JwksKeys
from shared.security.tokens import Names, TokenVerifier
from tests.mechanism.probe import BOUND_SECONDS

NAMES: Names = {"issuer": "https://shouxian.local", "audience": "shouxian"}


@dataclass
class OutsideIssuer:
    """What it publishes and how often it was asked. It answers while it is let."""

    document: Any = field(default_factory=lambda: {"keys": []})
    url: str = ""
    asked: int = 0
    refresh_seconds: float = 60.0
    opened: list[JwksKeys] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)

    def publish(self, **keys: Any) -> None:
        """Publish exactly these keys, each under its name."""
        self.document = {"keys": [_published(kid, key) for kid, key in keys.items()]}

    def verifier(self) -> TokenVerifier:
        """Knows nothing yet and fetches keys from here, again and again where that is asked for."""
        keys = JwksKeys(self.url, refresh_seconds=self.refresh_seconds)
        self.opened.append(keys)
        return TokenVerifier(keys, fetch_for=keys.fetch_for, **NAMES)


@contextmanager
def outside_issuer() -> Iterator[OutsideIssuer]:
    """An issuer on loopback, letting everybody have its keys."""
    found = OutsideIssuer()
    found.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked += 1
            assert found.answers.wait(BOUND_SECONDS)
            body = json.dumps(found.document).encode()
            self.send_response(500 if found.document is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}/keys"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        for keys in found.opened:
            keys.close()
        found.answers.set()
        server.shutdown()
        thread.join()


def claims(**changes: Any) -> dict[str, Any]:
    """What a good token says; None leaves a claim out."""
    now = int(time.time())
    named = {
        "iss": NAMES["issuer"],
        "aud": NAMES["audience"],
        "sub": "tester",
        "iat": now,
        "exp": now + 600,
        "scope": "monitoring:read monitoring:write",
        "region": "52",
        "sources": ["*"],
    } | changes
    return {name: value for name, value in named.items() if value is not None}


def signed(kid: str | None, key: Any, **changes: Any) -> str:
    """A token that names this key."""
    algorithm = next((named for kind, named in _ALGORITHMS.items() if isinstance(key, kind)), "ES256")
    return signed_as(algorithm, kid, key, **changes)


def signed_as(algorithm: str, kid: str | None, key: Any, **changes: Any) -> str:
    """A token that names this key and algorithm."""
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers={} if kid is None else {"kid": kid})


_ALGORITHMS: dict[type, str] = {Ed25519PrivateKey: "EdDSA", rsa.RSAPrivateKey: "RS256"}


def _published(kid: str, key: Any) -> dict[str, Any]:
    algorithms = {Ed25519PrivateKey: OKPAlgorithm, rsa.RSAPrivateKey: RSAAlgorithm}
    writer: Any = next((found for kind, found in algorithms.items() if isinstance(key, kind)), ECAlgorithm)
    return {**json.loads(writer.to_jwk(key.public_key())), "kid": kid}
