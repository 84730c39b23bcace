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
from shared.security.tokens import TokenVerifier
from tests.mechanism.probe import BOUND_SECONDS

NAMES = {"issuer": "https://shouxian.local", "audience": "shouxian"}


@dataclass
class OutsideIssuer:
    """What it publishes, how often it was asked, and the time of whoever asks. It answers while it is let."""

    document: Any = field(default_factory=lambda: {"keys": []})
    url: str = ""
    asked: int = 0
    now: float = 0.0
    answers: threading.Event = field(default_factory=threading.Event)

    def publish(self, **keys: Any) -> None:
        """Publish exactly these keys, each under its name."""
        self.document = {"keys": [_published(kid, key) for kid, key in keys.items()]}

    def verifier(self) -> TokenVerifier:
        """Knows nothing yet and fetches keys from here."""
        return TokenVerifier(JwksKeys(self.url, monotonic=lambda: self.now), **NAMES)


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
    } | changes
    return {name: value for name, value in named.items() if value is not None}


def signed(kid: str | None, key: Any, **changes: Any) -> str:
    """A token that names this key."""
    algorithm = "EdDSA" if isinstance(key, Ed25519PrivateKey) else "ES256"
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers={} if kid is None else {"kid": kid})


def _published(kid: str, key: Any) -> dict[str, Any]:
    algorithms = {Ed25519PrivateKey: OKPAlgorithm, rsa.RSAPrivateKey: RSAAlgorithm}
    writer: Any = next((found for kind, found in algorithms.items() if isinstance(key, kind)), ECAlgorithm)
    return {**json.loads(writer.to_jwk(key.public_key())), "kid": kid}
