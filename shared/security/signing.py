"""The signing keys of the built-in issuer: one that signs, the one before that still holds, and what others see.

`signing-key.pem` and `signing-key-before.pem` belong to the issuer alone. `issuer-public/jwks.json` is what a process
needs that checks tokens; it may be handed to machines and containers that must not sign.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt import PyJWK
from jwt.algorithms import OKPAlgorithm

from shared.security.files import Watched, locked, read_private, write_private, write_public

KEY_FILE = "signing-key.pem"
KEY_BEFORE_FILE = "signing-key-before.pem"
PUBLIC_FOLDER = "issuer-public"
JWKS_FILE = "jwks.json"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs, under the name by which others find its public half."""

    kid: str
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, private: Ed25519PrivateKey) -> "SigningKey":
        """The key under its thumbprint (RFC 7638)."""
        return cls(_thumbprint(private.public_key()), private)


def ensure_keys(data: Path) -> None:
    """Make the key of a data folder at the first start, and publish what is there. Call it under the lock."""
    if not (data / KEY_FILE).exists():
        write_private(data / KEY_FILE, pem_of(Ed25519PrivateKey.generate()))
    _publish(data)


def rotate_keys(data: Path) -> tuple[str, str | None]:
    """Sign with a new key from now on; tokens of the key until now hold as long as they last.

    Returns the name of the new key and of the one that stops to hold, if there was one. Published first, used next:
    no token is signed with a key that nobody can find.
    """
    with locked(data):
        dropped = read_key(data / KEY_BEFORE_FILE) if (data / KEY_BEFORE_FILE).exists() else None
        before = (data / KEY_FILE).exists()
        new = Ed25519PrivateKey.generate()
        if before:
            write_private(data / KEY_BEFORE_FILE, read_private(data / KEY_FILE))
        _publish(data, new)
        write_private(data / KEY_FILE, pem_of(new))
        return SigningKey.of(new).kid, SigningKey.of(dropped).kid if dropped else None


def watched_signing_key(data: Path) -> Watched[SigningKey | None]:
    """The key that signs at present."""
    return Watched(data / KEY_FILE, lambda path: SigningKey.of(read_key(path)), None)


class PublicKeys:
    """The keys of a built-in issuer as every process of its folder sees them."""

    def __init__(self, data: Path) -> None:
        self._jwks = Watched[Mapping[str, PyJWK]](data / PUBLIC_FOLDER / JWKS_FILE, read_jwks, {})

    def __call__(self, token: str) -> PyJWK:
        """The key this token names; the present one where it names none. Raises jwt.InvalidKeyError."""
        kid = jwt.get_unverified_header(token).get("kid")
        keys = self._jwks()
        if kid not in keys and kid is not None:
            keys = self._jwks(now=True)
        if not keys or (kid is not None and kid not in keys):
            raise jwt.InvalidKeyError("the token is signed with an unknown key")
        return keys[kid] if kid is not None else next(iter(keys.values()))


def published_keys(data: Path) -> dict[str, Any]:
    """The key set (RFC 7517) as published."""
    found: dict[str, Any] = json.loads((data / PUBLIC_FOLDER / JWKS_FILE).read_bytes())
    return found


def _publish(data: Path, coming: Ed25519PrivateKey | None = None) -> None:
    (data / PUBLIC_FOLDER).mkdir(mode=0o700, exist_ok=True)
    files = [data / name for name in (KEY_FILE, KEY_BEFORE_FILE) if (data / name).exists()]
    keys = [*([coming] if coming else []), *(read_key(path) for path in files)]
    document = json.dumps(key_set(keys), indent=2).encode() + b"\n"
    path = data / PUBLIC_FOLDER / JWKS_FILE
    if not path.exists() or path.read_bytes() != document:
        write_public(path, document)


def key_set(keys: Iterable[Ed25519PrivateKey]) -> dict[str, Any]:
    """The key set (RFC 7517) of these keys' public halves."""
    return {"keys": list({key["kid"]: key for key in map(_public_jwk, keys)}.values())}


def _public_jwk(key: Ed25519PrivateKey) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(OKPAlgorithm.to_jwk(key.public_key()))
    return found | {"kid": _thumbprint(key.public_key()), "alg": "EdDSA", "use": "sig"}


def _thumbprint(key: Ed25519PublicKey) -> str:
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    digest = hashlib.sha256(json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":")).encode())
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def read_jwks(path: Path) -> Mapping[str, PyJWK]:
    """The public keys of a published key set, by name."""
    return {key["kid"]: PyJWK.from_dict(key) for key in json.loads(path.read_bytes())["keys"]}


def read_key(path: Path) -> Ed25519PrivateKey:
    """A private key from its file. Raises InsecureFile when others could read it."""
    key = serialization.load_pem_private_key(read_private(path), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path.name} is no Ed25519 key")
    return key


def pem_of(key: Ed25519PrivateKey) -> bytes:
    """A private key as its file holds it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
