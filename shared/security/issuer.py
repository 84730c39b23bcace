"""The built-in issuer: client credentials (RFC 6749), signed with a key of its own."""

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.ids import new_id
from shared.security.assertions import AssertionRefused, Assertions
from shared.security.clients import ALL_SCOPES, Book, Client, read_book, watched_book, write_book
from shared.security.demonstration import CREDENTIALS_FILE, demo_clients
from shared.security.files import InsecureFile, locked
from shared.security.signing import SigningKey, ensure_keys, key_set, published_keys, watched_signing_key

TOKEN_PATH = "/oauth2/token"  # noqa: S105  an address
"""Where the built-in issuer gives out tokens."""
TOKEN_SECONDS = 3600
__all__ = [
    "ALL_SCOPES",
    "CREDENTIALS_FILE",
    "TOKEN_PATH",
    "Client",
    "ClientUnknown",
    "InsecureFile",
    "Issuer",
    "ScopeNotGranted",
    "open_issuer",
]


class ClientUnknown(Exception):
    """No such client, or it does not prove that it is that, or it is shut out. The message says no more than it may."""


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

    def proven_by_secret(self, client_id: str, secret: str) -> Client:
        """The client whose secret this is. May take some milliseconds: not for the event loop. Raises ClientUnknown."""
        client = self.client(client_id)
        if client is None or not self._holds(client, secret):
            raise ClientUnknown("client id or secret is wrong")
        return client

    def proven_by_assertion(self, client_id: str, assertion: str) -> Client:
        """The client that signed this, once (RFC 7523). May take some milliseconds as well. Raises ClientUnknown."""
        raise ClientUnknown("this issuer takes no assertions")

    def _holds(self, client: Client, secret: str) -> bool:
        return client.proven_by(secret)

    def token(self, client_id: str, client_secret: str, scope: str | None) -> dict[str, Any]:
        """The token of a client for its secret. Raises ClientUnknown or ScopeNotGranted."""
        return self.granted(self.proven_by_secret(client_id, client_secret), scope)

    def granted(self, client: Client, scope: str | None) -> dict[str, Any]:
        """The answer of the token endpoint to a client that has proven itself. Raises ScopeNotGranted."""
        allowed, regions = client.scopes or (), client.regions or ()
        granted = tuple(dict.fromkeys(scope.split())) if scope else allowed
        if not set(granted) <= set(allowed) or not regions:
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
            "region": regions[0] if len(regions) == 1 else list(regions),
        }
        if client.sources:
            claims["sources"] = list(client.sources)
        if client.buyers:
            claims["buyers"] = list(client.buyers)
        key = self.signing_key()
        token = jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.kid})
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": " ".join(granted)}


class FolderIssuer(Issuer):
    """The issuer of a data folder: what is changed there holds a second later."""

    def __init__(
        self, data: Path, demonstration: Sequence[Client], *, issuer: str, audience: str, token_url: str
    ) -> None:
        self._data = data
        self._signing_key = watched_signing_key(data)
        super().__init__(self.signing_key().private, demonstration, issuer=issuer, audience=audience)
        self._book = watched_book(data)
        self._assertions = Assertions(data, (issuer, token_url))
        self._proven: dict[str, Book] = {}

    def client(self, client_id: str) -> Client | None:
        """The client of this name, unless it is shut out or its time is over."""
        kept = self._book().clients.get(client_id)
        if kept is not None and not kept.holds(time.time()):
            return None
        return kept if kept is not None and kept.signs_in else super().client(client_id)

    def signing_key(self) -> SigningKey:
        """The key that signs at present."""
        key = self._signing_key()
        if key is None:
            raise FileNotFoundError("the signing key is gone")
        return key

    def published_keys(self) -> dict[str, Any]:
        """As they are published in the folder."""
        return published_keys(self._data)

    def proven_by_secret(self, client_id: str, secret: str) -> Client:
        """The client whose secret this is, also where it was given a moment ago. Raises ClientUnknown."""
        return self._looking_again(super().proven_by_secret, client_id, secret)

    def proven_by_assertion(self, client_id: str, assertion: str) -> Client:
        """The client that signed this, once (RFC 7523). May take some milliseconds. Raises ClientUnknown."""
        return self._looking_again(self._signed_by, client_id, assertion)

    def _looking_again(self, prove: Callable[[str, str], Client], client_id: str, proof: str) -> Client:
        """Prove who the client is; where that fails, and the records changed meanwhile, try it by these."""
        book = self._book()
        try:
            return prove(client_id, proof)
        except ClientUnknown:
            if self._book(now=True) is book:
                raise
        return prove(client_id, proof)

    def _signed_by(self, client_id: str, assertion: str) -> Client:
        client = self.client(client_id)
        if client is None or not client.keys:
            raise ClientUnknown("no key of this client is known")
        try:
            self._assertions.prove(client, assertion)
        except AssertionRefused as error:
            raise ClientUnknown(str(error)) from error
        return client

    def _holds(self, client: Client, secret: str) -> bool:
        """As the client says; a secret that held once is not hashed again until the clients change."""
        mark = hashlib.sha256(f"{client.client_id}\n{secret}".encode()).hexdigest()
        if self._proven.get(mark) is self._book():
            return True
        if not client.proven_by(secret):
            return False
        self._proven = {known: kept for known, kept in self._proven.items() if kept is self._book()}
        self._proven[mark] = self._book()
        return True


def open_issuer(data: Path, *, base_url: str, issuer: str, audience: str, demonstration: bool = False) -> Issuer:
    """Open the issuer of a data folder; its key is made at the first start, and so are demo clients if asked for."""
    data.mkdir(parents=True, exist_ok=True)
    with locked(data):
        ensure_keys(data)
        book = read_book(data)
        if book.clients:
            write_book(data, book)
        clients = demo_clients(data, base_url) if demonstration else ()
    return FolderIssuer(data, clients, issuer=issuer, audience=audience, token_url=f"{base_url}{TOKEN_PATH}")
