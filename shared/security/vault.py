"""The vault 保险库: what seals and opens personal values, with the keys of the ring as it is now.

A value is sealed for one place: its table, its column and the key of its row. Moved anywhere else it does not open.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from shared.security.files import Watched
from shared.security.keyring import KeyRing, KeyRingRefused, SealBroken, VaultKey, ensure_ring, key_of, read_ring
from shared.settings import Settings

_KNOWN_TEXT: Final = "守线"


def place_of(table: str, column: str, key: Iterable[Any]) -> bytes:
    """Where a value stands. No part of a row's key holds a control character, so no two places read alike."""
    return "|".join((f"{table}.{column}", "\x1f".join(map(str, key)))).encode()


def known_by(key: VaultKey) -> str:
    """What a database keeps to know a key again: a text that everybody knows, sealed."""
    return key.seal(_KNOWN_TEXT, _known_place(key.id))


def _known_place(key_id: str) -> bytes:
    return place_of("sealing_key", "known_by", [key_id])


class Vault:
    """The keys of a house."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.current: str | None = None
        """The key that the database was last seen to be sealed with; what asks for it anew is `sealing_keys`."""
        self._ring = Watched[KeyRing | None](path, read_ring, None)

    def ring(self) -> KeyRing:
        """The ring as the file has it now. Raises KeyRingRefused."""
        return read_ring(self.path)

    def key(self, key_id: str) -> VaultKey:
        """The key of this name. Raises KeyRingRefused where the ring has none."""
        ring = self._ring()
        if ring is None or key_id not in ring.keys:
            ring = self._ring(now=True) or self.ring()
        if key_id not in ring.keys:
            raise KeyRingRefused(f"the key ring {self.path} has no key {key_id}: put it back from where it is kept")
        return ring.keys[key_id]

    def open(self, sealed: str, place: bytes) -> str:
        """The text of a sealed value. Raises SealBroken and KeyRingRefused."""
        return self.key(key_of(sealed)).open(sealed, place)

    def demand(self, key_id: str, kept: str) -> None:
        """Raise KeyRingRefused where the ring lacks this key, or has another one than `known_by` was asked of."""
        try:
            self.open(kept, _known_place(key_id))
        except SealBroken:
            raise KeyRingRefused(
                f"the key ring {self.path} has another key under the name {key_id} than the one that sealed the "
                "database: put the right ring back from where it is kept"
            ) from None

    def indexes_of(self, text: str, kind: str) -> list[str]:
        """The blind indexes under which a text may be kept: while keys are rotated there are several."""
        return [key.index_of(text, kind) for key in (self._ring() or self.ring()).keys.values()]


def open_vault(settings: Settings) -> Vault:
    """The vault of a process. In development its ring is made at the first start; elsewhere nothing makes it."""
    if settings.development:
        ensure_ring(settings.keyring_path)
    return Vault(settings.keyring_path)
