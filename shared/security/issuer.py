"""The built-in issuer: client credentials, a signing key of its own, both kept in the data folder with mode 0600."""

import contextlib
import fcntl
import hmac
import json
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.contracts.catalogue import HOUSES
from shared.errors import MalformedRequest, Unauthenticated
from shared.ids import new_id

TOKEN_SECONDS = 3600
CREDENTIALS_FILE = "demo-credentials.json"
_KEY_FILE = "signing-key.pem"
_PRIVATE = 0o600

READ_SCOPES = tuple(f"{house}:read" for house in HOUSES)
WRITE_SCOPES = tuple(f"{house}:write" for house in HOUSES)
ALL_SCOPES = (
    *READ_SCOPES,
    *WRITE_SCOPES,
    *(f"{house}:approve" for house in HOUSES),
    "monitoring:pii",
    "monitoring:backfill",
    "consumption:order",
    "ops:admin",
)

_OFFICER_SCOPES = (*READ_SCOPES, *WRITE_SCOPES, "monitoring:pii")
_OFFICER_SOURCES = ("village-report", "county-officer-dejiang")
_BUYER_SCOPES = ("consumption:read", "consumption:order")


class ClientUnknown(Unauthenticated):
    """No such client, or not its secret."""

    code, title = "client-unknown", "Client id or secret is wrong"


class ScopeNotGranted(MalformedRequest):
    """A scope was asked for that the client does not have."""

    code, title = "scope-not-granted", "The client does not have this scope"


class InsecureFile(RuntimeError):
    """A secret lies open to other users of the machine."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the built-in issuer."""

    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    region: str
    """A division code of any level, or `*`."""
    sources: tuple[str, ...] | None = None
    """Whom it may report as; `*` is everybody, none is itself alone."""
    buyers: tuple[str, ...] | None = None
    """The buyer codes it orders under; none where it is no buyer's client."""


class Issuer:
    """Issues tokens to the clients it knows."""

    def __init__(self, key: Ed25519PrivateKey, clients: Sequence[Client], *, issuer: str, audience: str) -> None:
        self._key = key
        self._clients = {client.client_id: client for client in clients}
        self._issuer = issuer
        self._audience = audience
        self.public_key = key.public_key()

    def token(self, client_id: str, client_secret: str, scope: str | None) -> dict[str, Any]:
        """The answer of the token endpoint. Raises ClientUnknown or ScopeNotGranted."""
        client = self._clients.get(client_id)
        expected = client.client_secret if client else secrets.token_urlsafe()
        if not hmac.compare_digest(expected.encode(), client_secret.encode()) or client is None:
            raise ClientUnknown("client id or secret is wrong")
        granted = tuple(scope.split()) if scope else client.scopes
        if not set(granted) <= set(client.scopes):
            raise ScopeNotGranted("a scope was asked for that this client does not have")
        now = int(time.time())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": client.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(new_id()),
            "scope": " ".join(granted),
            "region": client.region,
        }
        if client.sources is not None:
            claims["sources"] = list(client.sources)
        if client.buyers is not None:
            claims["buyers"] = list(client.buyers)
        token = jwt.encode(claims, self._key, algorithm="EdDSA")
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(granted)}


def open_issuer(data: Path, *, base_url: str, issuer: str, audience: str) -> Issuer:
    """Open the issuer of a data folder; key, clients and secrets are made at the first start and kept."""
    data.mkdir(parents=True, exist_ok=True)
    with _locked(data):
        key = _signing_key(data / _KEY_FILE)
        clients = _clients(data / CREDENTIALS_FILE, base_url)
    return Issuer(key, clients, issuer=issuer, audience=audience)


def _signing_key(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        encoded = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write_private(path, encoded)
    key = serialization.load_pem_private_key(_read_private(path), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def _clients(path: Path, base_url: str) -> list[Client]:
    if path.exists():
        stored = json.loads(_read_private(path))
        clients = [Client(**{name: _as_tuple(value) for name, value in each.items()}) for each in stored["clients"]]
        if stored["base_url"] == base_url:
            return clients
    else:
        clients = [
            _new_client("province", ALL_SCOPES, "52", sources=("*",)),
            _new_client("county-officer-dejiang", _OFFICER_SCOPES, "520626", sources=_OFFICER_SOURCES),
            _new_client("read-only", READ_SCOPES, "52"),
            _new_client("partner-dongguan", _BUYER_SCOPES, "4419", buyers=("DG-DEMO",)),
            _new_client("partner-suzhou", _BUYER_SCOPES, "3205", buyers=("SZ-DEMO",)),
        ]
    document = {"base_url": base_url, "clients": [asdict(client) for client in clients]}
    _write_private(path, json.dumps(document, indent=2).encode() + b"\n")
    return clients


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _new_client(client_id: str, scopes: tuple[str, ...], region: str, **speaks_for: tuple[str, ...]) -> Client:
    return Client(client_id, secrets.token_urlsafe(32), scopes, region, **speaks_for)


def _write_private(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    with contextlib.suppress(FileNotFoundError):
        part.unlink()
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as handle:
        handle.write(content)
    part.replace(path)


def _read_private(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise InsecureFile(f"{path.name} can be read by others: its mode must be 0600")
    return path.read_bytes()


@contextlib.contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Processes of one data folder start at the same time: one makes the secrets, the others read them."""
    with (data / ".issuer.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
