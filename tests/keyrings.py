"""Key rings of tests."""

from pathlib import Path

from shared.security.keyring import ensure_ring
from shared.security.vault import Vault


def vault_in(folder: Path) -> Vault:
    """The vault of a data folder, with a ring as the first start in development makes it."""
    ensure_ring(folder / "keyring.json")
    return Vault(folder / "keyring.json")
