"""Rows of facts: stored, named by corrections, superseded."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypedDict
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import from_json, to_json
from sqlmodel import col

from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.store import FACT_TEXTS, facts_of
from services.monitoring.evidence.table import EVIDENCE
from services.monitoring.facts.errors import (
    AlreadySuperseded,
    AlreadyWithdrawn,
    FactContradicts,
    SupersededNotFound,
)
from services.monitoring.models.facts import Fact, FactText
from services.monitoring.models.sources import SourceDay
from shared.db.base import JsonText, table_of
from shared.db.rows import execute_rows, insert_into, insert_rows, insert_tuples, read_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.records.kinds import RecordKind
from shared.security.sources import HOUSE_SOURCES
from shared.words.said import says

FACT_KIND: Final = RecordKind(
    thing="fact",
    home="household",
    home_key="household_code",
    content=("content_hash",),
    instead=says("what-is-right-is-another-fact"),
    contradicts=FactContradicts,
    superseded_not_found=SupersededNotFound,
    already_superseded=AlreadySuperseded,
    already_withdrawn=AlreadyWithdrawn,
)
"""Facts as records 记录: a withdrawal is a fact, too, that supersedes another one and puts nothing in its place."""
_FACTS, _TEXTS, _DAYS = table_of(Fact), table_of(FactText), table_of(SourceDay)
_SELECT_KNOWN_FACTS = sa.select(
    _FACTS.c.id, _FACTS.c.content_hash, _FACTS.c.household_code, _FACTS.c.type, _FACTS.c.person_id
).where(is_one_of(_FACTS.c.id, "ids"))
_SELECT_TOLD = sa.select(_FACTS.c.id, _FACTS.c.household_code, _FACTS.c.member_no, _FACTS.c.person_id).where(
    is_one_of(_FACTS.c.id, "ids"), _FACTS.c.person_id.is_not(None)
)


class StoredFact(TypedDict):
    """A fact that is in the ledger already."""

    content_hash: str
    household_code: str
    type: str
    fact: ReportedFact | None
    """The fact itself, where something may supersede it; none for a withdrawal, which nothing supersedes."""
    person_id: UUID | None


class Told(NamedTuple):
    """About whom a stored fact is."""

    household_code: str
    member_no: int
    person_id: UUID


def load_told(reading: Reading, ids: Collection[UUID]) -> Mapping[UUID, Told]:
    """About whom those of these facts are that are known and name a person."""
    if not ids:
        return {}
    rows = read_tuples(reading.connection, _SELECT_TOLD, {"ids": list(ids)})
    return {fact_id: Told(*whom) for fact_id, *whom in rows}


def load_stored_facts(reading: Reading, ids: Sequence[UUID], named: Sequence[UUID]) -> dict[UUID, StoredFact]:
    """Which of these facts are known, and in full those that are ``named`` by corrections."""
    rows = read_tuples(reading.connection, _SELECT_KNOWN_FACTS, {"ids": list(ids)})
    stored: dict[UUID, StoredFact] = {
        fact_id: {
            "content_hash": content_hash,
            "household_code": code,
            "type": type_,
            "fact": None,
            "person_id": person,
        }
        for fact_id, content_hash, code, type_, person in rows
    }
    if named:
        found = reading.connection.execute(sa.select(_FACTS).where(col(Fact.id).in_(named))).all()
        for row, fact in zip(found, facts_of(reading, found), strict=True):
            stored[row.id] = {
                "content_hash": row.content_hash,
                "household_code": row.household_code,
                "type": row.type,
                "fact": fact,
                "person_id": row.person_id,
            }
    return stored


def load_superseded(reading: Reading, named: Sequence[UUID]) -> dict[UUID, str]:
    """Which of the facts named by corrections have one already, and of which type that is."""
    if not named:
        return {}
    asked = sa.select(_FACTS.c.supersedes_id, _FACTS.c.type).where(_FACTS.c.supersedes_id.in_(named))
    return {row.supersedes_id: row.type for row in reading.connection.execute(asked)}


def write_facts(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Add facts; each has changed last at the moment it is written."""
    if not rows:
        return
    texts = [_set_apart(row, field) for row in rows if (field := EVIDENCE[row["type"]].sealed) is not None]
    values = itemgetter(*rows[0])
    insert_tuples(uow.connection, _FACTS, (*rows[0], "updated_at"), [(*values(row), uow.stamp()) for row in rows])
    if texts:
        insert_rows(uow.connection, _TEXTS, FACT_TEXTS.seal(uow, texts))


def count_received(uow: UnitOfWork, facts: Iterable[Mapping[str, Any]]) -> None:
    """Count what sources bring today, by type. What houses bring over the bus is no feed."""
    brought = Counter((fact["source"], fact["type"]) for fact in facts if fact["source"] not in HOUSE_SOURCES)
    rows = [
        {"source": source, "type": fact_type, "on": uow.today(), "rows": number}
        for (source, fact_type), number in sorted(brought.items())
    ]
    execute_rows(uow.connection, _add_to_day(uow.connection.dialect.name), rows)


@cache
def _add_to_day(dialect: str) -> Any:
    """An insert that adds to what was counted of the day."""
    statement = insert_into(_DAYS, dialect)
    return statement.on_conflict_do_update(
        index_elements=["source", "type", "on"], set_={"rows": _DAYS.c.rows + statement.excluded.rows}
    )


def _set_apart(row: dict[str, Any], field: str) -> dict[str, Any]:
    """Take what is to be sealed out of the payload of a row; answers the row that keeps it."""
    said = from_json(row["payload"])
    text = said.pop(field)
    row["payload"] = JsonText(to_json(said).decode())
    return {"fact_id": row["id"], "text": text}
