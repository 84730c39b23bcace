"""The code of a card 一户一码. Pure."""

import hashlib
import secrets
from typing import Final

_BYTES: Final = 24
"""192 bits: nobody finds a code by trying."""
MAX_TOKEN: Final = 64


def new_token() -> str:
    """A code that tells nothing of its household and that nobody guesses."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(token: str) -> str:
    """What is kept of a code; whoever reads it finds no code."""
    return hashlib.sha256(token.encode()).hexdigest()
