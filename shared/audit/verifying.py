"""The whole chain is gone along from its first row to its head, part by part, while the house works."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from jwt import PyJWK

from shared.audit.chain import HeadName, content_of, hashed
from shared.audit.heads import signed_heads
from shared.audit.sealing import Head, head_of, name_of
from shared.audit.walk import MOST, Content, Fault, Sealed, Walk
from shared.db.database import Database
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork

PART: Final = 500
_NUMBERS: Final = 5000
"""How many rows are looked up at once for a seal."""


_LOWEST: Final = -(2**63)
"""No number of a row is lower, whoever wrote it."""


class Verdict(NamedTuple):
    """What a verification found."""

    rows: int
    """Sealed rows."""
    head: str
    """Where the chain ends, as `--head` takes it."""
    signed_heads: int
    faults: Sequence[Fault]


class _Known(NamedTuple):
    """What was there when the verification began."""

    head: Head
    name: HeadName
    heads: Mapping[int, Sequence[str]]
    """By place, the hashes that are known to have stood there."""
    signed: int
    faults: Sequence[Fault]


async def verify(
    database: Database, house: str, keys: Mapping[str, PyJWK], told: HeadName | None = None, *, rest: float = 0.0
) -> Verdict:
    """Verify the audit of a house, also against a head that somebody was ``told`` and kept elsewhere.

    After each part it rests for so many times as long as the part took.
    """
    known = await database.read(_known, house, keys, told)
    walk = Walk(known.heads)
    while walk.place < known.head.place and (rows := await _part(database, walk.place, known.head.place)):
        began = asyncio.get_running_loop().time()
        await asyncio.to_thread(walk.take, rows)
        await asyncio.sleep(rest * (asyncio.get_running_loop().time() - began))
    strangers = await _strangers(database, known.head)
    found = await asyncio.to_thread(walk.ended, known.head.place, known.head.hash, strangers)
    return Verdict(known.head.place, str(known.name), known.signed, [*known.faults, *found])


def note_verdict(uow: UnitOfWork, faults: int) -> None:
    """Keep what was found, for the metrics and for the night's work."""
    changes = {"verified_on": uow.today(), "faults": faults}
    uow.connection.execute(sa.update(uow.system_tables.audit_head).values(changes))


def _known(reading: Reading, house: str, keys: Mapping[str, PyJWK], told: HeadName | None) -> _Known:
    head = head_of(reading)
    name = name_of(reading, head)
    signed = signed_heads(reading, house, keys)
    heads: dict[int, list[str]] = {}
    for each in signed:
        heads.setdefault(each.place, []).extend([each.hash] if each.hash else [])
    faults = [Fault("signature", None, each.place) for each in signed if each.hash is None]
    if told is not None:
        place = _place_of(reading, told.seq)
        if place is None:
            faults.append(Fault("cut" if told.seq > name.seq else "removed", told.seq, None))
        else:
            heads.setdefault(place, []).append(told.hash)
    return _Known(head, name, heads, len(signed), faults)


def _place_of(reading: Reading, seq: int) -> int | None:
    seal = reading.system_tables.audit_seal
    place: int | None = reading.connection.scalar(sa.select(seal.c.place).where(seal.c.seq == seq))
    return place


async def _part(database: Database, after: int, end: int) -> Sequence[Sealed]:
    """The next seals with their rows. SQLite also holds what cannot be read as what it should be: then row by row."""
    try:
        return await database.read(_sealed, after, end, PART)
    except (ValueError, TypeError):
        return [await _single(database, seal) for seal in await database.read(_seals, after, end, PART)]


async def _single(database: Database, seal: sa.Row[Any]) -> Sealed:
    try:
        [row] = await database.read(_sealed, seal.place - 1, seal.place, 1)
    except (ValueError, TypeError):
        return Sealed(seal.place, seal.seq, seal.hash, {})
    return row


def _seals(reading: Reading, after: int, end: int, limit: int) -> Sequence[sa.Row[Any]]:
    seal = reading.system_tables.audit_seal
    rows = sa.select(seal).where(seal.c.place > after, seal.c.place <= end).order_by(seal.c.place).limit(limit)
    return reading.connection.execute(rows).all()


def _sealed(reading: Reading, after: int, end: int, limit: int) -> list[Sealed]:
    seals = _seals(reading, after, end, limit)
    audit = reading.system_tables.audit
    named = {"numbers": [seal.seq for seal in seals]}
    rows = reading.connection.execute(hashed(audit).where(is_one_of(audit.c.seq, "numbers")), named)
    contents = {row.seq: content_of(row) for row in rows}
    return [Sealed(seal.place, seal.seq, seal.hash, contents.get(seal.seq)) for seal in seals]


async def _strangers(database: Database, head: Head) -> list[Content]:
    """Rows without a seal whose turn has passed."""
    found: list[int] = []
    after: int | None = _LOWEST
    while after is not None and len(found) < MOST:
        unsealed, after = await database.read(_unsealed, after, head.reached)
        found += [seq for seq in unsealed if not any(gap.first <= seq <= gap.last for gap in head.gaps)]
    parts = [await _content(database, seq) for seq in found[:MOST]]
    return list(chain.from_iterable(parts))


async def _content(database: Database, seq: int) -> list[Content]:
    try:
        return await database.read(_row, seq)
    except (ValueError, TypeError):
        return [{"seq": seq}]


def _row(reading: Reading, seq: int) -> list[Content]:
    audit = reading.system_tables.audit
    return [content_of(row) for row in reading.connection.execute(hashed(audit).where(audit.c.seq == seq))]


def _unsealed(reading: Reading, after: int, upto: int) -> tuple[list[int], int | None]:
    """The numbers without a seal among the next rows, and the last of those rows where there may be more."""
    audit, seal = reading.system_tables.audit, reading.system_tables.audit_seal
    rows = reading.connection.execute(
        sa.select(audit.c.seq, seal.c.place)
        .outerjoin_from(audit, seal, seal.c.seq == audit.c.seq)
        .where(audit.c.seq > after, audit.c.seq <= upto)
        .order_by(audit.c.seq)
        .limit(_NUMBERS)
    ).all()
    return [row.seq for row in rows if row.place is None], rows[-1].seq if len(rows) == _NUMBERS else None


def as_lines(verdict: Verdict, house: str) -> list[dict[str, Any]]:
    """A verdict as it is printed: a line for the chain, and one for each fault."""
    told = {"house": house, "rows": verdict.rows, "head": verdict.head, "signed_heads": verdict.signed_heads}
    return [told | {"faults": len(verdict.faults)}, *(fault._asdict() for fault in verdict.faults)]
