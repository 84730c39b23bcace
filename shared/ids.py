"""Identifiers of every row, event and request."""

import json
import uuid
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
    return uuid.uuid5(_NAMESPACE, json.dumps(parts, ensure_ascii=True, separators=(",", ":")))
