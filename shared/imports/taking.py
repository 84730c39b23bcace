"""The job of an import: its rows are tried, or taken, part by part."""

import contextlib
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from pydantic import ValidationError
from pydantic_core import to_json

from shared.codes.monitoring import FactMode
from shared.codes.operations import ImportAccept, ImportMode, RowStatus
from shared.db.rows import insert_rows
from shared.db.sealed import sealed_table
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import DomainError
from shared.http.problems import field_problems
from shared.imports.kinds import REFUSED, ImportKind, ImportKinds, Reason, Sender, Taken, reasons_of
from shared.imports.packing import kept_cells, unpack
from shared.imports.row_errors import row_error
from shared.imports.starting import JOB_KIND, load_file
from shared.jobs.work import Document, Kinds, Part, Standing, Work
from shared.sheets.columns import Column, Sheet
from shared.sheets.reading import Read, Reader, Row
from shared.words.said import says

_TRY, _TAKE = "try", "take"
_PASSES: Final[Mapping[tuple[str, str], Sequence[str]]] = {
    (ImportMode.PREVIEW, ImportAccept.ALL): (_TRY,),
    (ImportMode.PREVIEW, ImportAccept.GOOD): (_TRY,),
    (ImportMode.COMMIT, ImportAccept.ALL): (_TRY, _TAKE),
    (ImportMode.COMMIT, ImportAccept.GOOD): (_TAKE,),
}
"""How often, and how, the rows of a file are gone through: whoever takes all or nothing tries all of them first."""
_COUNTED: Final = ("accepted", "duplicate", "rejected", "ambiguous")


def importing(house: str, kinds: ImportKinds) -> Kinds:
    """The long work of a house that takes these kinds of files."""
    return {JOB_KIND: Work(_total, partial(_do_part, house, kinds))}


def _total(_: Reading, asked: Document) -> int:
    return int(asked["rows"]) * len(_PASSES[asked["mode"], asked["accept"]])


class _Place(NamedTuple):
    """Where an import stands: in which pass, at which part."""

    passing: int = 0
    part: int = 0


def _do_part(house: str, kinds: ImportKinds, uow: UnitOfWork, standing: Standing) -> Part:
    place = _Place(*standing.position or ())
    passes = _PASSES[standing.asked["mode"], standing.asked["accept"]]
    how = passes[place.passing]
    job_id = _job_of(standing)
    file = load_file(uow, job_id)
    kind, sender = file.kind_of(house, kinds), file.sender._replace(facts=FactMode(standing.asked["facts"]))
    columns = _columns(kind, file.places)
    reader = Reader(kind.sheet, columns)
    things = [reader.read(rows) for rows in _load_part(uow, job_id, place.part)]
    with _acting(uow, sender):
        taken = _tried(uow, kind, sender, things) if how is _TRY else _take(uow, kind, sender, things)
    if place.part == 0:
        _forget_rows(uow, job_id)
    _keep_rows(uow, job_id, things, taken)
    result = _counted(standing, place, how, kind.sheet, things, taken)
    following = _following(uow, standing, place, result)
    ended = following is None or following.passing == len(passes)
    if ended:
        _forget_parts(uow, job_id)
    return Part(following, sum(len(thing.rows) for thing in things), result, ended)


def _job_of(standing: Standing) -> UUID:
    """The job, which has the id of its file."""
    return UUID(standing.asked["file_id"])


def _following(uow: UnitOfWork, standing: Standing, place: _Place, result: Document) -> _Place | None:
    """The place behind a part; None where a refused row ends an import that takes all or nothing."""
    parts = uow.system_tables.import_part
    later = (parts.c.job_id == _job_of(standing)) & (parts.c.seq == place.part + 1)
    if uow.connection.scalar(sa.select(sa.exists().where(later))):
        return place._replace(part=place.part + 1)
    if standing.asked["accept"] == ImportAccept.ALL and any(result[status] for status in REFUSED):
        return None
    return _Place(place.passing + 1)


def _counted(
    standing: Standing, place: _Place, how: str, sheet: Sheet, things: Sequence[Read], taken: Sequence[Taken]
) -> dict[str, Any]:
    """What became of the rows so far, and how many came back for which reason; a further pass counts anew."""
    before: Document = {} if place.part == 0 else standing.result or {}
    so_far = Counter[str]({name: before.get(name, 0) for name in _COUNTED})
    reasons = Counter[str](before.get("reasons", {}))
    for thing, one in zip(things, taken, strict=True):
        so_far[one.status] += len(thing.rows)
        if one.status in REFUSED:
            reasons.update(code for _, why in _by_row(thing, one) for code in {row_error(sheet, each) for each in why})
    return {
        "rows": so_far.total(),
        **{status: so_far[status] for status in _COUNTED},
        "stored": so_far["accepted"] if how is _TAKE else 0,
        "committed": how is _TAKE,
        "reasons": dict(sorted(reasons.items())),
    }


@contextlib.contextmanager
def _acting(uow: UnitOfWork, sender: Sender) -> Iterator[None]:
    """Have the commands see who sent the file, and the chain that began with it."""
    machine, context = uow.actor, uow.context
    uow.actor, uow.context = sender.actor, sender.context
    try:
        yield
    finally:
        uow.actor, uow.context = machine, context


def _tried(uow: UnitOfWork, kind: ImportKind, sender: Sender, things: Sequence[Read]) -> Sequence[Taken]:
    """What would become of things; nothing of it is kept."""
    with uow.taken_back():
        return _take(uow, kind, sender, things)


def _take(uow: UnitOfWork, kind: ImportKind, sender: Sender, things: Sequence[Read]) -> Sequence[Taken]:
    """Have the command take what can be read."""
    read = [_read(kind.read, sender, thing) for thing in things]
    taken = iter(kind.take(uow, sender, [one for one in read if not isinstance(one, Taken)]))
    return [one if isinstance(one, Taken) else next(taken) for one in read]


def _read(read: Callable[[Sender, Document], Any], sender: Sender, thing: Read) -> Any:
    """What the command takes; Taken where a thing is refused before. Everything wrong with it is named at once."""
    try:
        found = read(sender, thing.document)
    except ValidationError as error:
        problems = field_problems(error.errors(include_url=False, include_input=False))
        known = {finding.pointer for finding in thing.findings}
        if known:  # of a row with a cell that says nothing, nobody can tell what is wrong with the whole
            known.add("/")
        more = [problem for problem in problems if problem.pointer not in known]
        return Taken(RowStatus.REJECTED, reasons_of([*thing.findings, *more]))
    except DomainError as error:
        return Taken.refused(error)
    return Taken(RowStatus.REJECTED, reasons_of(thing.findings)) if thing.findings else found


def _columns(kind: ImportKind, places: Sequence[str]) -> list[Column]:
    by_place = {column.place: column for column in kind.sheet.columns}
    return [by_place[place] for place in places]


def _load_part(reading: Reading, job_id: UUID, seq: int) -> list[list[Row]]:
    parts = reading.system_tables.import_part
    this = (parts.c.job_id == job_id) & (parts.c.seq == seq)
    kept = reading.connection.execute(sa.select(parts).where(this)).mappings().one()
    return unpack(b64decode(sealed_table(parts).open(reading, kept)["content"]))


def _keep_rows(uow: UnitOfWork, job_id: UUID, things: Sequence[Read], taken: Sequence[Taken]) -> None:
    """Keep the rows about which there is something to say."""
    rows = [
        {"job_id": job_id, "row": row.number, "status": one.status, "cells": _text_of(row), "reasons": reasons}
        for thing, one in zip(things, taken, strict=True)
        if one.status in REFUSED or one.reasons
        for row, reasons in _kept_by_row(thing, one)
    ]
    table = uow.system_tables.import_row
    insert_rows(uow.connection, table, sealed_table(table).seal(uow, rows))


def _text_of(row: Row) -> str:
    return to_json(kept_cells(row)).decode()


def _kept_by_row(thing: Read, taken: Taken) -> Iterator[tuple[Row, list[dict[str, Any]]]]:
    return ((row, [reason.as_document() for reason in reasons]) for row, reasons in _by_row(thing, taken))


def _by_row(thing: Read, taken: Taken) -> Iterator[tuple[Row, list[Reason]]]:
    """The rows of a thing with the reasons of each. A refused thing comes back whole."""
    reasons: dict[int, list[Reason]] = {}
    for reason in taken.reasons:
        reasons.setdefault(_place_among(reason.pointer, len(thing.rows)), []).append(reason)
    another = thing.rows[min(reasons, default=0)].number
    for place, row in enumerate(thing.rows):
        own = reasons.get(place)
        if own is None and taken.status in REFUSED:
            own = [Reason("", "another-row-refused", says("another-row-refused", row=another))]
        if own is not None:
            yield row, own


def _place_among(pointer: str, rows: int) -> int:
    """Which of the rows of a thing a pointer is about: the one of its place in a list, else the first."""
    index = next((int(part) for part in pointer.split("/") if part.isdecimal()), 0)
    return index if index < rows else 0


def _forget_rows(uow: UnitOfWork, job_id: UUID) -> None:
    """What an earlier pass kept."""
    rows = uow.system_tables.import_row
    uow.connection.execute(sa.delete(rows).where(rows.c.job_id == job_id))


def _forget_parts(uow: UnitOfWork, job_id: UUID) -> None:
    """The file is not needed any more."""
    parts = uow.system_tables.import_part
    uow.connection.execute(sa.delete(parts).where(parts.c.job_id == job_id))
