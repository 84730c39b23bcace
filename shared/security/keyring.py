"""The key ring 密钥环: the keys that seal names, identity numbers and phones, in a file of its own beside no backup.

A key seals until a newer one is taken into use, and opens what it sealed for as long as it stays on the ring.
"""

import base64
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.clock import SystemClock
from shared.security.files import InsecureFile, locked, read_private, write_private

MARK: Final = "."
"""Stands between the name of the key and what it sealed."""
_KEY_BYTES = 32
_NONCE_BYTES = 12


class KeyRingRefused(Exception):
    """The key ring is missing, damaged, or not the one that sealed the database. The message says what to do."""


class SealBroken(Exception):
    """A sealed value was changed, or comes from another row, column or table. It names the place, not the value."""


@dataclass(frozen=True, slots=True)
class VaultKey:
    """One key of the ring, with the other one for searching."""

    id: str
    made_at: str
    cipher: AESGCM
    for_index: bytes

    @classmethod
    def of(cls, entry: Mapping[str, str]) -> "VaultKey":
        """The key of an entry of the file. Raises ValueError."""
        seal, index = (base64.b64decode(entry[name], validate=True) for name in ("seal", "index"))
        if len(seal) != _KEY_BYTES or len(index) != _KEY_BYTES or not entry["id"].isalnum():
            raise ValueError("an entry holds no key of 256 bits")
        return cls(entry["id"], entry["made_at"], AESGCM(seal), index)

    def seal(self, text: str, place: bytes) -> str:
        """The text as AES-256-GCM keeps it, under the name of this key. It opens at this place only."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._named(nonce + self.cipher.encrypt(nonce, text.encode(), place))

    def open(self, sealed: str, place: bytes) -> str:
        """The text that was sealed at this place. Raises SealBroken."""
        try:
            kept = base64.b64decode(sealed.partition(MARK)[2], validate=True)
            return self.cipher.decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], place).decode()
        except (InvalidTag, ValueError):
            raise SealBroken(f"a sealed value of {place.partition(b'|')[0].decode()} does not open") from None

    def index_of(self, text: str, kind: str) -> str:
        """The blind index 盲索引 of a text: equal texts of one kind have equal ones, and the text is not in it."""
        return self._named(hmac.digest(self.for_index, f"{kind}|{text}".encode(), "sha256"))

    def _named(self, kept: bytes) -> str:
        return f"{self.id}{MARK}{base64.b64encode(kept).decode()}"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys by name, the oldest first."""

    keys: Mapping[str, VaultKey]

    @property
    def newest(self) -> VaultKey:
        """The key that the next rotation takes into use."""
        return list(self.keys.values())[-1]


def key_of(sealed: str) -> str:
    """The name of the key that sealed a value."""
    return sealed.partition(MARK)[0]


def read_ring(path: Path) -> KeyRing:
    """The ring of a file. Raises KeyRingRefused."""
    entries = _read(path)
    try:
        keys = [VaultKey.of(entry) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path) from error
    return KeyRing({key.id: key for key in keys})


def make_ring(path: Path) -> str:
    """Write a ring with one key; returns its name. Raises KeyRingRefused where there is one: it may be in use."""
    with locked(path.parent):
        if path.exists():
            raise KeyRingRefused(f"{path} is there already; `add` puts another key on it")
        return _write(path, [_new_entry()])


def ensure_ring(path: Path) -> None:
    """Have a ring, also where several processes start at once."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):
        if not path.exists():
            _write(path, [_new_entry()])


def add_key(path: Path) -> str:
    """Put a new key on the ring, which seals nothing before a rotation; returns its name."""
    with locked(path.parent):
        return _write(path, [*_read(path), _new_entry()])


def retire_key(path: Path, key_id: str) -> None:
    """Take a key off the ring for good: what it sealed opens no more. Raises KeyRingRefused."""
    with locked(path.parent):
        entries = _read(path)
        left = [entry for entry in entries if entry["id"] != key_id]
        if len(left) == len(entries):
            raise KeyRingRefused(f"{path} holds no key {key_id}")
        if entries[-1]["id"] == key_id:
            raise KeyRingRefused(f"{key_id} is the newest key: `add` another one and rotate first")
        _write(path, left)


def _new_entry() -> dict[str, str]:
    made = {name: base64.b64encode(os.urandom(_KEY_BYTES)).decode() for name in ("seal", "index")}
    return {"id": f"k{secrets.token_hex(4)}", "made_at": SystemClock().now().isoformat(timespec="seconds"), **made}


def _write(path: Path, entries: list[dict[str, str]]) -> str:
    write_private(path, json.dumps({"keys": entries}, indent=2).encode() + b"\n")
    return entries[-1]["id"]


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        entries: list[dict[str, Any]] = json.loads(read_private(path))["keys"]
    except FileNotFoundError:
        raise KeyRingRefused(
            f"there is no key ring {path}: put it back from where it is kept, or, for databases that hold nothing yet, "
            f"make one with `python -m services.keys make`"
        ) from None
    except (InsecureFile, OSError) as error:
        raise KeyRingRefused(f"the key ring cannot be read: {error}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error
    if not entries:
        raise _damaged(path)
    return entries


def _damaged(path: Path) -> KeyRingRefused:
    return KeyRingRefused(f"the key ring {path} is damaged: put it back from where it is kept")
