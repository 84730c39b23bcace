"""Cursors: the address of a list and the sort key of the last item that was shown, as one word of text."""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any

from shared.errors import Invalid
from shared.findings import Finding
from shared.words.said import says


def encode(path: str, key: Iterable[str]) -> str:
    """Return the cursor of the list at this address that goes on after this key."""
    return base64.urlsafe_b64encode(json.dumps([path, *key]).encode()).decode().rstrip("=")


def decode(path: str, cursor: str, pointer: str = "/cursor") -> tuple[str, ...]:
    """Return the key in a cursor. Raises Invalid for a cursor that the list at this address did not give out."""
    try:
        parts = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        parts = None
    if not isinstance(parts, list) or parts[:1] != [path] or not all(_is_key_text(part) for part in parts):
        raise not_given_out(pointer)
    return tuple(parts[1:])


def not_given_out(pointer: str = "/cursor") -> Invalid:
    """Return the refusal of a cursor that this list did not give out."""
    return Invalid(says("cursor-not-given-out"), [Finding(pointer, says("not-a-cursor"))])


def _is_key_text(part: Any) -> bool:
    """Whether this can stand in a key: text without what no database keeps, such as half a character."""
    return isinstance(part, str) and part.isprintable()
