"""Clients that sign for themselves (`private_key_jwt`, RFC 7523): their public keys, and assertions that hold once."""

import contextlib
import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK

from shared.clock import unix_now
from shared.findings import WrongValue
from shared.security.clients import Client, ClientKey
from shared.words.said import says

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTIONS_FILE: Final = "assertions.sqlite"
ALGORITHMS: Final = ("EdDSA", "ES256", "RS256")
"""By the kind of the key: Ed25519, P-256, RSA."""
MAX_ASSERTION_SECONDS: Final = 300
"""How far ahead an assertion may end."""
LEEWAY_SECONDS: Final = 30
LEAST_RSA_BITS: Final = 2048
_KINDS: Final = {("OKP", "Ed25519"): "EdDSA", ("EC", "P-256"): "ES256", ("RSA", None): "RS256"}
_MEMBERS: Final = {"EdDSA": ("kty", "crv", "x"), "ES256": ("kty", "crv", "x", "y"), "RS256": ("kty", "n", "e")}
"""What the thumbprint of a key is made of (RFC 7638)."""
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_MAX_JTI: Final = 256
_match_kid = re.compile(r"[A-Za-z0-9._~-]{1,64}").fullmatch


class AssertionRefused(Exception):
    """The assertion does not prove who the client is; the message says why."""


def public_key(jwk: Mapping[str, Any]) -> dict[str, Any]:
    """The public key as it is kept, under its own `kid` or its thumbprint. Raises WrongValue.

    Refused are private parts, kinds other than Ed25519, P-256 and RSA of 2048 bits or more, and other uses.
    """
    if not _PRIVATE.isdisjoint(jwk):
        raise WrongValue(says("key-is-private"))
    told = (jwk.get("kty"), jwk.get("crv"))
    algorithm = next((fitting for kind, fitting in _KINDS.items() if kind == told), None)
    if algorithm is None or jwk.get("alg", algorithm) != algorithm or jwk.get("use", "sig") != "sig":
        raise WrongValue(says("key-of-another-kind"))
    kept = {name: jwk.get(name) for name in _MEMBERS[algorithm]}
    try:
        key = PyJWK.from_dict(kept, algorithm=algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise WrongValue(says("key-unreadable")) from error
    if isinstance(key, RSAPublicKey) and key.key_size < LEAST_RSA_BITS:
        raise WrongValue(says("key-too-short", bits=LEAST_RSA_BITS))
    kid = jwk.get("kid", _thumbprint(kept))
    if not isinstance(kid, str) or not _match_kid(kid):
        raise WrongValue(says("key-name-ill-formed"))
    return {**kept, "kid": kid, "alg": algorithm, "use": "sig"}


def _thumbprint(members: Mapping[str, Any]) -> str:
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return jwt.utils.base64url_encode(hashlib.sha256(text.encode()).digest()).decode()


def named_client(assertion: str) -> str:
    """Whom an assertion says it is of; nothing of it is believed yet. Raises AssertionRefused."""
    try:
        subject = jwt.decode(assertion, options={"verify_signature": False})["sub"]
    except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
        raise AssertionRefused("the assertion cannot be read") from error
    if not isinstance(subject, str):
        raise AssertionRefused("the assertion names no client")
    return subject


class Assertions:
    """Checks assertions and remembers those that were used, for every process of the data folder and past a restart."""

    def __init__(self, data: Path, audiences: Collection[str], *, now: Callable[[], float] = unix_now) -> None:
        """``audiences`` are the names under which the issuer is asked: its own, and the address of its tokens."""
        self._path = data / ASSERTIONS_FILE
        self._audiences = list(audiences)
        self._now = now

    def prove(self, client: Client, assertion: str) -> None:
        """Accept the assertion of a client, once. Raises AssertionRefused."""
        claims = self._claims(client, assertion)
        ends_at, jti = float(claims["exp"]), claims["jti"]
        if ends_at > self._now() + MAX_ASSERTION_SECONDS + LEEWAY_SECONDS:
            raise AssertionRefused(f"the assertion ends later than in {MAX_ASSERTION_SECONDS} seconds")
        if not isinstance(jti, str) or not 1 <= len(jti) <= _MAX_JTI:
            raise AssertionRefused(f"jti is a text of 1 to {_MAX_JTI} characters")
        if not self._first_use(client.client_id, jti, int(ends_at) + LEEWAY_SECONDS):
            raise AssertionRefused("the assertion was used before")

    def _claims(self, client: Client, assertion: str) -> dict[str, Any]:
        """What it says, by the key that it names or, where it names none, by whichever of the client's fits."""
        try:
            named = jwt.get_unverified_header(assertion).get("kid")
        except jwt.PyJWTError as error:
            raise AssertionRefused("the assertion cannot be read") from error
        for key in client.keys:
            if named in (None, key.kid):
                with contextlib.suppress(jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
                    return self._signed_with(key, client.client_id, assertion)
        raise AssertionRefused("the assertion is signed with none of the client's keys")

    def _signed_with(self, key: ClientKey, client_id: str, assertion: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                assertion,
                PyJWK.from_dict(dict(key.jwk)).key,
                algorithms=[str(key.jwk["alg"])],
                issuer=client_id,
                subject=client_id,
                audience=self._audiences,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "jti"]},
            )
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
            raise
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            raise AssertionRefused("the assertion does not hold here") from error
        return claims

    def _first_use(self, client_id: str, jti: str, ends_at: int) -> bool:
        """Whether nobody used it before; from now on somebody has, also after the power was cut."""
        used = hashlib.sha256(f"{client_id}\n{jti}".encode()).digest()
        with contextlib.closing(sqlite3.connect(self._path, timeout=5, isolation_level=None)) as database:
            self._path.chmod(0o600)
            database.execute("PRAGMA synchronous = FULL")
            database.execute("CREATE TABLE IF NOT EXISTS used (id BLOB PRIMARY KEY, ends_at INTEGER) WITHOUT ROWID")
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM used WHERE ends_at < ?", (int(self._now()),))
            entered = database.execute("INSERT OR IGNORE INTO used VALUES (?, ?)", (used, ends_at)).rowcount
            database.execute("COMMIT")
        return entered == 1
