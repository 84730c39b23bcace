"""Storing a file with the job that takes it."""

from base64 import b64encode
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from shared.codes.monitoring import FactMode
from shared.codes.operations import ImportAccept, ImportMode
from shared.context import new_context
from shared.db.rows import insert_rows
from shared.db.sealed import sealed_table
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import Invalid
from shared.ids import new_id
from shared.imports.kinds import ImportKind, ImportKinds, Sender
from shared.imports.packing import Packed
from shared.jobs.commands import start_job
from shared.jobs.queries import no_such_job
from shared.security.actor import EVERY, Actor
from shared.security.sources import demand_sources
from shared.sheets.common import SOURCE
from shared.words.said import says

JOB_KIND = "import"
_MAPPING = "mapping"


class Asked(NamedTuple):
    """What is asked for beside the file."""

    kind: ImportKind
    mode: ImportMode
    accept: ImportAccept
    source: str | None
    facts: FactMode
    file_name: str
    mapping: str | None
    """The other system whose headings and words the file has."""


def source_of(actor: Actor, kind: ImportKind, named: str | None) -> str | None:
    """Who says what stands in a file: the source named, else the only one for which the client speaks.

    None where the rows say it themselves, or have none. Raises Invalid where several could and the rows cannot say it,
    or where a house is named, and SourceNotYours.
    """
    if not kind.has_source:
        return None
    source = named or _only_source(actor)
    if source is not None:
        demand_sources(actor, Invalid, {"/source": source})
    elif not any(column.place == SOURCE.place for column in kind.sheet.columns):
        raise _source_needed()
    return source


def demand_source(asked: Asked, packed: Packed) -> None:
    """Raise Invalid where nobody says who speaks: neither the form nor a column of the file."""
    if asked.kind.has_source and asked.source is None and SOURCE.place not in packed.places:
        raise _source_needed()


def _source_needed() -> Invalid:
    return Invalid.at("/source", says("source-needed"))


def start_import(uow: UnitOfWork, asked: Asked, packed: Packed) -> UUID:
    """Keep a file that can be read, and start the job that takes its rows with the rights that the sender has now."""
    tables, job_id = uow.system_tables, new_id()
    row = {
        "job_id": job_id,
        "kind": asked.kind.sheet.kind,
        "places": list(packed.places),
        "sender": _kept(uow.actor),
        "source": asked.source,
        "correlation_id": uow.context.correlation_id,
        "created_at": uow.now(),
    }
    uow.connection.execute(sa.insert(tables.import_file).values(row))
    for seq, part in enumerate(packed.parts):
        kept = {"job_id": job_id, "seq": seq, "content": b64encode(part).decode()}
        insert_rows(uow.connection, tables.import_part, sealed_table(tables.import_part).seal(uow, [kept]))
    said = {"kind": row["kind"], "mode": asked.mode, "accept": asked.accept, "facts": asked.facts}
    said |= {} if asked.mapping is None else {_MAPPING: asked.mapping}
    file = {"file_id": str(job_id), "file_name": asked.file_name, "rows": packed.rows}
    return start_job(uow, JOB_KIND, said | file, job_id)


class File(NamedTuple):
    """A file that was stored."""

    kind: str
    places: list[str]
    sender: Sender
    mapping: str | None

    def kind_of(self, house: str, kinds: ImportKinds) -> ImportKind:
        """Its kind, with the columns that it has. What a later mapping has no more is as it is here."""
        own = kinds[self.kind]
        try:
            foreign = own.under(house, self.mapping)
        except Invalid:
            return own
        known = {column.place for column in foreign.sheet.columns}
        gone = [one for one in own.sheet.columns if one.place in self.places and one.place not in known]
        return replace(foreign, sheet=replace(foreign.sheet, columns=(*foreign.sheet.columns, *gone)))


def load_file(reading: Reading, job_id: UUID) -> File:
    """The file of an import. Raises JobNotFound where the job is none, or its file is forgotten."""
    table, jobs = reading.system_tables.import_file, reading.system_tables.job
    asked = sa.select(table, jobs.c.asked).join(jobs, jobs.c.id == table.c.job_id).where(table.c.job_id == job_id)
    row = reading.connection.execute(asked).one_or_none()
    if row is None:
        raise no_such_job(job_id)
    sender = Sender(_actor(row.sender), new_context(row.correlation_id), row.source)
    return File(row.kind, row.places, sender, row.asked.get(_MAPPING))


def _only_source(actor: Actor) -> str | None:
    if actor.sources is None:
        return actor.id.casefold()
    [only, *more] = sorted(actor.sources) or [EVERY]
    return None if more or only == EVERY else only


def _kept(actor: Actor) -> dict[str, Any]:
    """The rights of a client as JSON holds them."""
    return {
        "id": actor.id,
        "scopes": sorted(actor.scopes),
        "regions": list(actor.regions),
        "sources": None if actor.sources is None else sorted(actor.sources),
        "buyers": None if actor.buyers is None else sorted(actor.buyers),
    }


def _actor(kept: dict[str, Any]) -> Actor:
    sources, buyers = (None if kept[name] is None else frozenset(kept[name]) for name in ("sources", "buyers"))
    return Actor(kept["id"], frozenset(kept["scopes"]), tuple(kept["regions"]), sources, buyers)
