"""Recording facts: the hot command. One set-based pass for the single route, the batch route and the importer."""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_json
from sqlmodel import col

from services.monitoring.commands.judgement import judge_files, store_verdicts
from services.monitoring.commands.ledger import (
    AnyFact,
    HouseholdFile,
    load_files,
    month_is_future,
    post,
    refresh_stale_windows,
    store_months,
    store_windows,
    take_back,
)
from services.monitoring.commands.persons import Persons, load_persons
from services.monitoring.errors import (
    AlreadySuperseded,
    BatchRefused,
    FactContradicts,
    FactInvalid,
    HouseholdHasEnded,
    HouseholdNotFound,
    SupersededNotFound,
)
from services.monitoring.models import Fact, FactMode
from services.monitoring.rules.leads import Lead
from services.monitoring.schemas import FACT, FactReference
from shared import metrics
from shared.context import Context
from shared.contracts.catalogue import HOUSES
from shared.db.base import JsonText, table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError
from shared.ids import derived_id
from shared.security.actor import SYSTEM, Actor

HOUSE_SOURCES = frozenset(HOUSES)
"""Sources that are houses of this system: what they say comes over the bus, and by no other door."""
_FACTS = table_of(Fact)
_KNOWN = sa.select(_FACTS.c.id, _FACTS.c.content_hash, _FACTS.c.household_code).where(is_one_of(_FACTS.c.id, "ids"))


class FactToRecord(NamedTuple):
    """A fact at the door, with who brings it and in which chain."""

    fact: AnyFact
    mode: FactMode
    actor: Actor
    context: Context


class FactOutcome(NamedTuple):
    """What became of one fact."""

    result: Literal["stored", "duplicate", "refused"]
    fact_id: UUID | None
    error: DomainError | None = None


class _Stored(NamedTuple):
    """A fact that is in the ledger already."""

    content_hash: str
    fact: AnyFact | None
    """The fact itself, where something may supersede it."""
    household_code: str
    person_id: UUID | None = None


def record_facts(uow: UnitOfWork, items: Sequence[FactToRecord]) -> list[FactOutcome]:
    """Store facts, enter them into the ledger and judge the households they are about, once for all of them.

    The same fact again changes nothing. A correction takes the fact it supersedes out of the ledger. Backfilled facts
    fill the ledger and judge nobody.
    """
    today = uow.today()
    ids = [_fact_id(item.fact) for item in items]
    files = load_files(uow, sorted({item.fact.household_code for item in items}), lock=True)
    desk = _Desk(uow, files, _stored_facts(uow, items, ids), _superseded(uow, items), _persons(uow, items), today)
    outcomes = [desk.take(item, fact_id) for item, fact_id in zip(items, ids, strict=True)]
    insert_rows(uow.connection, _FACTS, desk.rows)
    touched = [files[code] for code in desk.touched]
    store_months(uow, touched)
    to_judge = [file for file in touched if file.code in desk.leads]
    store_verdicts(uow, judge_files(uow, to_judge, today), today, desk.leads)
    refresh_stale_windows(uow, touched)
    store_windows(uow, touched)
    counted = Counter((item.fact.type, outcome.result) for item, outcome in zip(items, outcomes, strict=True))
    for (fact_type, result), number in counted.items():
        metrics.FACTS.labels(fact_type, result).inc(number)
    return outcomes


def record_batch(uow: UnitOfWork, entries: Sequence[FactToRecord | DomainError], atomic: bool) -> list[FactOutcome]:
    """Record a batch whose unreadable entries stand as the error that says so; each is answered in its place.

    With ``atomic`` one refusal refuses all: nothing is stored, and what would have been says why it was not.
    """
    savepoint, marks = uow.connection.begin_nested(), uow.marks()
    recorded = iter(record_facts(uow, [entry for entry in entries if isinstance(entry, FactToRecord)]))
    outcomes = [
        next(recorded) if isinstance(entry, FactToRecord) else FactOutcome("refused", None, entry) for entry in entries
    ]
    if atomic and any(outcome.error for outcome in outcomes):
        savepoint.rollback()
        uow.return_to(marks)
        refusal = BatchRefused("another item of this atomic batch was refused; nothing of it is stored")
        return [FactOutcome("refused", None, outcome.error or refusal) for outcome in outcomes]
    savepoint.commit()
    return outcomes


class _Desk:
    """Takes the facts of one command in order and gathers what has to be written."""

    def __init__(
        self,
        uow: UnitOfWork,
        files: Mapping[str, HouseholdFile],
        stored: dict[UUID, _Stored],
        superseded: set[UUID],
        persons: Persons,
        today: dt.date,
    ) -> None:
        self._files = files
        self._stored = stored
        self._superseded = superseded
        self._persons = persons
        self._today = today
        self._now = uow.now()
        self.rows: list[dict[str, Any]] = []
        self.touched: dict[str, None] = {}
        self.leads: defaultdict[str, list[Lead]] = defaultdict(list)
        """By household to be judged: its live facts, in order."""

    def take(self, item: FactToRecord, fact_id: UUID) -> FactOutcome:
        """Decide about one fact and enter it into the ledger of its household."""
        try:
            return self._take(item, fact_id)
        except DomainError as error:
            return FactOutcome("refused", None, error)

    def _take(self, item: FactToRecord, fact_id: UUID) -> FactOutcome:
        fact = item.fact
        file = self._files.get(fact.household_code)
        if file is None or not item.actor.sees(file.region_code):
            raise HouseholdNotFound(f"no household {fact.household_code} in region {item.actor.place}")
        if item.actor is not SYSTEM:
            _refuse_house_sources(fact)
        payload = fact.payload.model_dump_json()
        content_hash = _content_hash(fact, payload)
        known = self._stored.get(fact_id)
        if known is not None:
            if known.content_hash != content_hash:
                raise FactContradicts(f"{fact.source} used the reference {fact.source_ref} for another fact")
            return FactOutcome("duplicate", fact_id)
        person_id = self._persons.named(fact.household_code, fact.member_no, fact.observed_on)
        self._refuse_impossible(fact, person_id)
        if item.actor is not SYSTEM:
            _refuse_after_the_end(file, fact)
        supersedes_id = self._supersede(file, fact, fact_id)
        post(file, fact_id, fact, person_id)
        self._stored[fact_id] = _Stored(content_hash, fact, fact.household_code, person_id)
        self.rows.append(self._row(item, fact_id, person_id, payload, content_hash, supersedes_id))
        self.touched[file.code] = None
        if item.mode is FactMode.LIVE:
            self.leads[file.code].append(Lead(fact.type, item.context, fact_id))
        return FactOutcome("stored", fact_id)

    def _refuse_impossible(self, fact: AnyFact, person_id: UUID | None) -> None:
        if fact.observed_on > self._today:
            raise FactInvalid.at("/observed_on", "lies in the future")
        if fact.type != "illness" and month_is_future(fact.payload.month, self._today):
            raise FactInvalid.at("/payload/month", "lies in the future")
        if fact.member_no is not None and fact.source not in HOUSE_SOURCES and person_id is None:
            raise FactInvalid.at("/member_no", "the household has, and had, no such member")

    def _supersede(self, file: HouseholdFile, fact: AnyFact, fact_id: UUID) -> UUID | None:
        if fact.supersedes is None:
            return None
        old_id = _reference_id(fact.supersedes)
        old = self._stored.get(old_id)
        if old is None or old.fact is None or old.household_code != fact.household_code or old_id == fact_id:
            raise SupersededNotFound(f"the household has no fact {fact.supersedes.source_ref} to supersede")
        if old_id in self._superseded:
            raise AlreadySuperseded(
                f"the fact {fact.supersedes.source_ref} was corrected before; supersede the correction"
            )
        if old.fact.type != fact.type:
            raise FactInvalid.at("/type", f"a correction is of the type of the fact it supersedes: {old.fact.type}")
        take_back(file, old_id, old.fact, old.person_id)
        self._superseded.add(old_id)
        return old_id

    def _row(
        self,
        item: FactToRecord,
        fact_id: UUID,
        person_id: UUID | None,
        payload: str,
        content_hash: str,
        supersedes_id: UUID | None,
    ) -> dict[str, Any]:
        fact = item.fact
        return {
            "id": fact_id,
            "source": fact.source,
            "source_ref": fact.source_ref,
            "household_code": fact.household_code,
            "member_no": None if person_id is None else fact.member_no,
            "person_id": person_id,
            "type": fact.type,
            "observed_on": fact.observed_on,
            "payload": JsonText(payload),
            "content_hash": content_hash,
            "mode": item.mode,
            "supersedes_id": supersedes_id,
            "recorded_at": self._now,
            "recorded_by": item.actor.id,
            "correlation_id": item.context.correlation_id,
        }


def _refuse_after_the_end(file: HouseholdFile, fact: AnyFact) -> None:
    """What was observed up to the end is history and judges nobody; afterwards only our own houses still tell."""
    if file.ended_on is not None and fact.observed_on > file.ended_on:
        raise HouseholdHasEnded(f"the household {file.code} is no more since {file.ended_on}")


def _refuse_house_sources(fact: AnyFact) -> None:
    if fact.source in HOUSE_SOURCES:
        raise FactInvalid.at(
            "/source", f"{fact.source} is a house of this system: its facts come from that house alone"
        )
    if fact.supersedes is not None and fact.supersedes.source in HOUSE_SOURCES:
        source = fact.supersedes.source
        raise FactInvalid.at("/supersedes/source", f"{source} is a house of this system: it corrects its facts itself")


def _fact_id(fact: AnyFact) -> UUID:
    return derived_id("fact", fact.source, fact.source_ref)


def _content_hash(fact: AnyFact, payload: str) -> str:
    """What two facts under one reference must have in common to be the same fact."""
    corrected = fact.supersedes and (fact.supersedes.source, fact.supersedes.source_ref)
    said = (fact.source, fact.source_ref, fact.household_code, fact.member_no, fact.observed_on, fact.type, corrected)
    return hashlib.sha256(to_json(said) + payload.encode()).hexdigest()


def _reference_id(reference: FactReference) -> UUID:
    return derived_id("fact", reference.source, reference.source_ref)


def _stored_facts(uow: UnitOfWork, items: Sequence[FactToRecord], ids: Sequence[UUID]) -> dict[UUID, _Stored]:
    """Which of these references are known, and in full those that a correction names."""
    rows = uow.connection.execute(_KNOWN, {"ids": list(ids)})
    stored = {fact_id: _Stored(content_hash, None, code) for fact_id, content_hash, code in rows}
    targets = [_reference_id(item.fact.supersedes) for item in items if item.fact.supersedes]
    if targets:
        for row in uow.connection.execute(sa.select(_FACTS).where(col(Fact.id).in_(targets))):
            stored[row.id] = _Stored(row.content_hash, fact_of(row), row.household_code, row.person_id)
    return stored


def fact_of(row: Any) -> AnyFact:
    """A stored fact as it was sent."""
    return FACT.validate_python(
        {
            "source": row.source,
            "source_ref": row.source_ref,
            "household_code": row.household_code,
            "member_no": row.member_no,
            "observed_on": row.observed_on,
            "type": row.type,
            "payload": row.payload,
        }
    )


def _superseded(uow: UnitOfWork, items: Sequence[FactToRecord]) -> set[UUID]:
    """Which of the facts named by corrections have a correction already."""
    targets = [_reference_id(item.fact.supersedes) for item in items if item.fact.supersedes]
    if not targets:
        return set()
    return set(uow.connection.scalars(sa.select(Fact.supersedes_id).where(col(Fact.supersedes_id).in_(targets))))  # type: ignore[call-overload]


def _persons(uow: UnitOfWork, items: Sequence[FactToRecord]) -> Persons:
    """The members, present and former, of the households whose members the facts name."""
    return load_persons(uow, {item.fact.household_code for item in items if item.fact.member_no is not None})
