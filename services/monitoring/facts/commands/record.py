"""Recording facts: the hot command. One set-based pass for the single route, the batch route and the importer."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_json
from sqlmodel import col

from services.monitoring.evidence.schemas import FACT, WITHDRAWAL, AnyFact, FactReference, LedgerFact, WithdrawalFact
from services.monitoring.facts.commands.checks import (
    is_slip,
    latest_day,
    refuse_after_the_end,
    refuse_foreign_sources,
    refuse_impossible,
)
from services.monitoring.facts.errors import (
    AlreadySuperseded,
    AlreadyWithdrawn,
    BatchRefused,
    FactContradicts,
    FactInvalid,
    HouseholdNotFound,
    SupersededNotFound,
    WithdrawalIsFinal,
)
from services.monitoring.ledger.store import (
    HouseholdFile,
    left_out,
    load_files,
    post,
    refresh_stale_windows,
    store_months,
    store_windows,
    take_back,
)
from services.monitoring.models import Fact, FactMode
from services.monitoring.persons.store import Persons, load_persons
from services.monitoring.risks.commands.judge import judge_households, rule_parameters
from services.monitoring.risks.rules.triggers import Lead
from services.monitoring.risks.store.links import pass_evidence_on, risks_without_evidence
from services.monitoring.risks.store.moments import stamp_facts
from shared import metrics
from shared.context import Context
from shared.db.base import JsonText, table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.trouble import HouseholdBusy, is_lock_not_had
from shared.db.unit_of_work import Patience, UnitOfWork
from shared.errors import DomainError
from shared.ids import derived_id
from shared.security.actor import Actor
from shared.security.sources import HOUSE_SOURCES

_FACTS = table_of(Fact)
_KNOWN = sa.select(_FACTS.c.id, _FACTS.c.content_hash, _FACTS.c.household_code, _FACTS.c.type).where(
    is_one_of(_FACTS.c.id, "ids")
)


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
    fact: LedgerFact | None
    """The fact itself, where something may supersede it; none for a withdrawal, which nothing supersedes."""
    household_code: str
    type: str
    person_id: UUID | None = None


def record_facts(uow: UnitOfWork, items: Sequence[FactToRecord]) -> list[FactOutcome]:
    """Store facts, enter them into the ledger and judge the households they are about, once for all of them.

    The same fact again changes nothing. A correction takes the fact it supersedes out of the ledger, and a withdrawal
    puts nothing in its place. Backfilled facts fill the ledger and judge nobody; the household is judged by the
    screening of the next day, or by the first live fact, also where that repeats a backfilled one. Where the unit of
    work leaves out whom others hold, their facts are refused as HouseholdBusy.
    """
    ids = [fact_id_of(item.fact) for item in items]
    codes = sorted({item.fact.household_code for item in items})
    files = load_files(uow, codes, lock=True)
    busy = left_out(uow, codes, files)
    desk = _Desk(uow, files, busy, _stored_facts(uow, items, ids), _superseded(uow, items), _persons(uow, items))
    outcomes = [desk.take(item, fact_id) for item, fact_id in zip(items, ids, strict=True)]
    insert_rows(uow.connection, _FACTS, [row | {"updated_at": uow.stamp()} for row in desk.rows])
    stamp_facts(uow, (row["supersedes_id"] for row in desk.rows if row["supersedes_id"]))
    pass_evidence_on(uow, desk.rows)
    unfounded = risks_without_evidence(uow, desk.rows)
    touched = [files[code] for code in desk.touched]
    for file in touched:
        file.unfounded = unfounded
    store_months(uow, touched)
    judge_households(uow, [file for file in touched if file.code in desk.leads], uow.today(), desk.leads)
    for file in touched:
        if file.code not in desk.leads:
            file.is_due_after(uow.today())
    refresh_stale_windows(uow, touched)
    store_windows(uow, touched)
    counted = Counter((item.fact.type, outcome.result) for item, outcome in zip(items, outcomes, strict=True))
    for (fact_type, result), number in counted.items():
        metrics.FACTS.labels(fact_type, result).inc(number)
    return outcomes


def record_batch(
    uow: UnitOfWork, entries: Sequence[FactToRecord | DomainError], atomic: bool, leaves_out: bool = False
) -> list[FactOutcome]:
    """Record a batch whose unreadable entries stand as the error that says so; each is answered in its place.

    With ``atomic`` one refusal refuses all: nothing is stored, and what would have been says why it was not. With
    ``leaves_out`` the households that another transaction goes on holding are answered as busy, and the rest is stored.
    """
    savepoint, marks = uow.connection.begin_nested(), uow.marks()
    items = [entry for entry in entries if isinstance(entry, FactToRecord)]
    try:
        recorded = iter(record_facts(uow, items))
    except sa.exc.DBAPIError as error:
        if not leaves_out or not is_lock_not_had(error):
            raise
        savepoint.rollback()
        uow.return_to(marks)
        savepoint, uow.patience = uow.connection.begin_nested(), Patience.LEAVES_OUT
        recorded = iter(record_facts(uow, items))
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
        busy: Mapping[str, str],
        stored: dict[UUID, _Stored],
        superseded: dict[UUID, str],
        persons: Persons,
    ) -> None:
        self._uow = uow
        self._files = files
        self._busy = busy
        self._stored = stored
        self._superseded = superseded
        self._persons = persons
        self._today, self._latest = uow.today(), latest_day(uow)
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
        refuse_foreign_sources(fact, item.actor)
        file, held_in = self._files.get(fact.household_code), self._busy.get(fact.household_code)
        if held_in is not None and item.actor.sees(held_in):
            raise HouseholdBusy.of(fact.household_code)
        if file is None or not item.actor.sees(file.region_code):
            raise HouseholdNotFound(f"no household {fact.household_code} in region {item.actor.place}")
        payload = fact.payload.model_dump_json()
        content_hash = _content_hash(fact, payload)
        known = self._stored.get(fact_id)
        if known is not None:
            if known.content_hash != content_hash:
                raise FactContradicts(f"{fact.source} used the reference {fact.source_ref} for another fact")
            if item.mode is FactMode.LIVE and file.due_after is not None:
                self._judge(item, file, fact_id, fact.type)
            return FactOutcome("duplicate", fact_id)
        person_id = self._persons.named(fact.household_code, fact.member_no, fact.observed_on)
        self._check(item, file, fact_id, person_id)
        supersedes_id = self._supersede(file, fact, fact_id)
        post(file, fact_id, fact, person_id)
        self._stored[fact_id] = _Stored(
            content_hash, None if isinstance(fact, WithdrawalFact) else fact, fact.household_code, fact.type, person_id
        )
        self.rows.append(self._row(item, fact_id, person_id, payload, content_hash, supersedes_id))
        self.touched[file.code] = None
        if item.mode is FactMode.LIVE:
            about = fact.type if supersedes_id is None else self._stored[supersedes_id].type
            self._judge(item, file, fact_id, about)
        return FactOutcome("stored", fact_id)

    def _judge(self, item: FactToRecord, file: HouseholdFile, fact_id: UUID, about: str) -> None:
        self.touched[file.code] = None
        self.leads[file.code].append(Lead(item.fact.type, item.context, fact_id, about))

    def _check(self, item: FactToRecord, file: HouseholdFile, fact_id: UUID, person_id: UUID | None) -> None:
        fact = item.fact
        parameters, _ = rule_parameters(self._uow.policy, file.region_code, self._today)
        refuse_impossible(fact, parameters, self._latest)
        if is_slip(fact, parameters):
            metrics.IMPLAUSIBLE_CREDITS.labels(fact.source).inc()
            self._uow.note("credit.implausible", context=item.context, source=fact.source, fact_id=str(fact_id))
        if fact.member_no is not None and fact.source not in HOUSE_SOURCES and person_id is None:
            raise FactInvalid.at("/member_no", "the household has, and had, no such member")
        refuse_after_the_end(fact, file.ended_on)

    def _supersede(self, file: HouseholdFile, fact: AnyFact, fact_id: UUID) -> UUID | None:
        if fact.supersedes is None:
            return None
        old_id = reference_id(fact.supersedes)
        old = self._stored.get(old_id)
        named = fact.supersedes.source_ref
        if old is None or old.household_code != fact.household_code or old_id == fact_id:
            raise SupersededNotFound(f"the household has no fact {named} to supersede")
        if old.type == WITHDRAWAL:
            raise WithdrawalIsFinal(f"{named} is a withdrawal; what is right now is a fact of its own")
        if self._superseded.get(old_id) == WITHDRAWAL:
            raise AlreadyWithdrawn(f"the fact {named} was withdrawn; what is right now is a fact of its own")
        if old_id in self._superseded:
            raise AlreadySuperseded(f"the fact {named} was corrected before; supersede the correction")
        if fact.type not in (WITHDRAWAL, old.type):
            raise FactInvalid.at("/type", f"a correction is of the type of the fact it supersedes: {old.type}")
        assert old.fact is not None, "the facts that items supersede are loaded in full"
        take_back(file, old_id, old.fact, old.person_id)
        self._superseded[old_id] = fact.type
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
            "confirmed": fact.confirmed,
            "content_hash": content_hash,
            "mode": item.mode,
            "supersedes_id": supersedes_id,
            "recorded_at": self._now,
            "recorded_by": item.actor.id,
            "correlation_id": item.context.correlation_id,
        }


def fact_id_of(fact: AnyFact) -> UUID:
    """The id of a fact: one for one source and reference."""
    return derived_id("fact", fact.source, fact.source_ref)


def _content_hash(fact: AnyFact, payload: str) -> str:
    """What two facts under one reference must have in common to be the same fact."""
    corrected = fact.supersedes and (fact.supersedes.source, fact.supersedes.source_ref)
    said = (fact.source, fact.source_ref, fact.household_code, fact.member_no, fact.observed_on, fact.type, corrected)
    return hashlib.sha256(to_json(said) + payload.encode()).hexdigest()


def reference_id(reference: FactReference) -> UUID:
    """The id of the fact that a reference names."""
    return derived_id("fact", reference.source, reference.source_ref)


def _stored_facts(uow: UnitOfWork, items: Sequence[FactToRecord], ids: Sequence[UUID]) -> dict[UUID, _Stored]:
    """Which of these references are known, and in full those that a correction names."""
    rows = uow.connection.execute(_KNOWN, {"ids": list(ids)})
    stored = {fact_id: _Stored(content_hash, None, code, type_) for fact_id, content_hash, code, type_ in rows}
    targets = [reference_id(item.fact.supersedes) for item in items if item.fact.supersedes]
    if targets:
        for row in uow.connection.execute(sa.select(_FACTS).where(col(Fact.id).in_(targets))):
            fact = None if row.type == WITHDRAWAL else fact_of(row)
            stored[row.id] = _Stored(row.content_hash, fact, row.household_code, row.type, row.person_id)
    return stored


def fact_of(row: Any) -> LedgerFact:
    """A stored fact that says something, as it was sent; a withdrawal says nothing of its own."""
    fact = FACT.validate_python(
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
    assert not isinstance(fact, WithdrawalFact), "the caller asks for none"
    return fact


def _superseded(uow: UnitOfWork, items: Sequence[FactToRecord]) -> dict[UUID, str]:
    """Which of the facts named by corrections have one already, and of which type that is."""
    targets = [reference_id(item.fact.supersedes) for item in items if item.fact.supersedes]
    if not targets:
        return {}
    asked = sa.select(_FACTS.c.supersedes_id, _FACTS.c.type).where(_FACTS.c.supersedes_id.in_(targets))
    return {row.supersedes_id: row.type for row in uow.connection.execute(asked)}


def _persons(uow: UnitOfWork, items: Sequence[FactToRecord]) -> Persons:
    """The members, present and former, of the households whose members the facts name."""
    return load_persons(uow, {item.fact.household_code for item in items if item.fact.member_no is not None})
