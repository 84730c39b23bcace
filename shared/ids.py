"""Identifiers of every row, event and request."""

import uuid
from json.encoder import encode_basestring_ascii as _quoted
from typing import Final

from uuid_utils import compat

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:shouxian:derived-id")


def new_id() -> uuid.UUID:
    """Return a fresh identifier (UUID version 7): later ones sort after earlier ones of the same process."""
    return compat.uuid7()


def derived_id(*parts: str | int) -> uuid.UUID:
    """Return the one identifier (UUID version 5) that belongs to `parts`.

    The same parts in the same order give the same identifier in every process and on every day, so that whatever is
    derived from a fact can be written twice without being doubled. A text and a number never stand for each other,
    and no two different lists of parts share an identifier.
    """
    written = [_quoted(part) if isinstance(part, str) else str(part) for part in parts]
    return compat.uuid5(_NAMESPACE, f"[{','.join(written)}]")
