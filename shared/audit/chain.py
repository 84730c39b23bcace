"""A link of the chain: the hash of a row as the audit route shows it, together with the hash before."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, Self

import rfc8785
import sqlalchemy as sa

BEGINNING: Final = "0" * 64
"""What stands before the first row."""
CONTENT: Final = ("seq", "at", "actor", "action", "subject", "before", "after", "reason", "correlation_id")
"""What of a row is hashed, beside `prev`."""
_LARGEST: Final = 2**53 - 1
_HEAD: Final = re.compile(r"([0-9]{1,18}):([0-9a-f]{12,64})")


class Link(NamedTuple):
    """A sealed row."""

    place: int
    seq: int
    hash: str


class HeadName(NamedTuple):
    """Where the chain ended once: the number of a row and its hash, or the first twelve digits of it or more."""

    seq: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `SEQ:HASH`. Raises ValueError."""
        found = _HEAD.fullmatch(text)
        if found is None:
            raise ValueError("a head is written SEQ:HASH, the hash with twelve hex digits or more")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


def hashed(audit: sa.Table) -> sa.Select[Any]:
    """The rows of an audit with what is hashed of them."""
    return sa.select(*(audit.c[name] for name in CONTENT))


def content_of(row: sa.Row[Any]) -> dict[str, Any]:
    """What is hashed of a row of `hashed`: its moment as the route shows it."""
    content = dict(zip(CONTENT, row, strict=True))
    content["at"] = row.at.isoformat().replace("+00:00", "Z")
    return content


def hash_of(content: Mapping[str, Any], prev: str) -> str:
    """SHA-256, in hex, of the RFC 8785 JSON of a row. Raises ValueError for what no row can hold."""
    document = {**content, "prev": prev}
    try:
        canonical = rfc8785.dumps(document)
    except rfc8785.IntegerDomainError:
        canonical = rfc8785.dumps(_exact(document))
    return hashlib.sha256(canonical).hexdigest()


def _exact(value: Any) -> Any:
    """The document with integers as text where RFC 8785 would round them: every digit counts."""
    if isinstance(value, dict):
        return {name: _exact(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_exact(part) for part in value]
    return str(value) if isinstance(value, int) and abs(value) > _LARGEST else value


def links_after(place: int, prev: str, rows: Iterable[sa.Row[Any]]) -> Iterator[Link]:
    """Chain rows, in the order given, behind the link at a place."""
    for number, row in enumerate(rows, place + 1):
        prev = hash_of(content_of(row), prev)
        yield Link(number, row.seq, prev)
