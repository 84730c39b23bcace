"""The built-in issuer: client credentials (RFC 6749), signed with a key of its own."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.ids import new_id
from shared.security.clients import ALL_SCOPES, Client, list_clients, watched_clients, watched_disabled
from shared.security.demonstration import CREDENTIALS_FILE, demo_clients
from shared.security.files import InsecureFile, locked
from shared.security.signing import SigningKey, ensure_keys, key_set, published_keys, watched_signing_key

TOKEN_SECONDS = 3600
__all__ = [
    "ALL_SCOPES",
    "CREDENTIALS_FILE",
    "Client",
    "ClientUnknown",
    "InsecureFile",
    "Issuer",
    "ScopeNotGranted",
    "open_issuer",
]


class ClientUnknown(Exception):
    """No such client, or not its secret, or it is disabled."""


class ScopeNotGranted(Exception):
    """A scope was asked for that the client does not have."""


class Issuer:
    """Issues tokens to the clients it knows."""

    def __init__(self, key: Ed25519PrivateKey, clients: Sequence[Client], *, issuer: str, audience: str) -> None:
        self._key = SigningKey.of(key)
        self._clients = {client.client_id: client for client in clients}
        self._issuer = issuer
        self._audience = audience
        self.public_key = key.public_key()

    def client(self, client_id: str) -> Client | None:
        """The client of this name, if it may have tokens."""
        return self._clients.get(client_id)

    def signing_key(self) -> SigningKey:
        """The key that signs at present."""
        return self._key

    def published_keys(self) -> dict[str, Any]:
        """The public halves of the keys whose tokens hold (RFC 7517)."""
        return key_set([self._key.private])

    def proven(self, client: Client, secret: str) -> bool:
        """Whether the secret is the client's. May take some milliseconds: not for the event loop."""
        return client.holds(secret)

    def token(self, client_id: str, client_secret: str, scope: str | None) -> dict[str, Any]:
        """The answer of the token endpoint. Raises ClientUnknown or ScopeNotGranted."""
        client = self.client(client_id)
        if client is None or not self.proven(client, client_secret):
            raise ClientUnknown("client id or secret is wrong")
        granted = tuple(dict.fromkeys(scope.split())) if scope else client.scopes
        if not set(granted) <= set(client.scopes):
            raise ScopeNotGranted("a scope was asked for that this client does not have")
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": client.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(new_id()),
            "scope": " ".join(granted),
            "region": client.region if isinstance(client.region, str) else list(client.region),
        }
        if client.sources is not None:
            claims["sources"] = list(client.sources)
        if client.buyers is not None:
            claims["buyers"] = list(client.buyers)
        key = self.signing_key()
        token = jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.kid})
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(granted)}


class FolderIssuer(Issuer):
    """The issuer of a data folder: what an operator changes there holds a second later."""

    def __init__(self, data: Path, demonstration: Sequence[Client], *, issuer: str, audience: str) -> None:
        self._data = data
        self._signing_key = watched_signing_key(data)
        super().__init__(self.signing_key().private, demonstration, issuer=issuer, audience=audience)
        self._kept = watched_clients(data)
        self._disabled = watched_disabled(data)
        self._proven: dict[str, Mapping[str, Client]] = {}

    def client(self, client_id: str) -> Client | None:
        """The client of this name, unless it is disabled."""
        if client_id in self._disabled():
            return None
        return self._kept().get(client_id) or super().client(client_id)

    def signing_key(self) -> SigningKey:
        """The key that signs at present."""
        key = self._signing_key()
        if key is None:
            raise FileNotFoundError("the signing key is gone")
        return key

    def published_keys(self) -> dict[str, Any]:
        """As they are published in the folder."""
        return published_keys(self._data)

    def proven(self, client: Client, secret: str) -> bool:
        """As the client says; a secret that held once is not hashed again until the clients change."""
        mark = hashlib.sha256(f"{client.client_id}\n{secret}".encode()).hexdigest()
        if self._proven.get(mark) is self._kept():
            return True
        if not client.holds(secret):
            return False
        self._proven = {known: kept for known, kept in self._proven.items() if kept is self._kept()}
        self._proven[mark] = self._kept()
        return True


def open_issuer(data: Path, *, base_url: str, issuer: str, audience: str, demonstration: bool = False) -> Issuer:
    """Open the issuer of a data folder; its key is made at the first start, and so are demo clients if asked for."""
    data.mkdir(parents=True, exist_ok=True)
    with locked(data):
        ensure_keys(data)
        list_clients(data)
        clients = demo_clients(data, base_url) if demonstration else ()
    return FolderIssuer(data, clients, issuer=issuer, audience=audience)
