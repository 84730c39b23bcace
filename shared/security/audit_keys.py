"""The key that signs where the audit of a house ended, and the public halves of all keys that ever did.

Beside the databases lies `audit-keys/`: `signing-key.pem`, made at the first signature, and `keys.json`, which may and
should be kept elsewhere too. Who takes the private key away has the next night make another one.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt import PyJWK

from shared.security.files import locked, write_private, write_public
from shared.security.signing import KEY_FILE, SigningKey, key_set, pem_of, read_jwks, read_key

AUDIT_FOLDER = "audit-keys"
PUBLIC_FILE = "keys.json"


def ensure_audit_key(data: Path) -> SigningKey:
    """The key of a data folder that signs; made and published where there is none."""
    folder = data / AUDIT_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with locked(folder):
        path = folder / KEY_FILE
        if not path.exists():
            write_private(path, pem_of(Ed25519PrivateKey.generate()))
        key = SigningKey.of(read_key(path))
        _publish(folder / PUBLIC_FILE, key)
    return key


def audit_public_keys(data: Path) -> Mapping[str, PyJWK]:
    """The public halves of all keys that ever signed from this data folder, by name."""
    path = data / AUDIT_FOLDER / PUBLIC_FILE
    return read_jwks(path) if path.exists() else {}


def _publish(path: Path, key: SigningKey) -> None:
    published: list[dict[str, Any]] = json.loads(path.read_bytes())["keys"] if path.exists() else []
    if key.kid not in {each["kid"] for each in published}:
        keys = {"keys": [*published, *key_set([key.private])["keys"]]}
        write_public(path, json.dumps(keys, indent=2).encode() + b"\n")
