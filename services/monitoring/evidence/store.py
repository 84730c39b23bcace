"""Rows of all types of evidence: what the rules see, and single facts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.attributions.rules import Attributions
from services.monitoring.evidence.circumstances import PEOPLE
from services.monitoring.evidence.kept import AsOf, Kept, Then
from services.monitoring.evidence.rules import FactEvidence
from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.table import EVIDENCE, all_kept, read_fact, withdraws
from services.monitoring.models.facts import Fact, FactText
from shared.db.base import table_of
from shared.db.rows import execute_rows
from shared.db.sealed import SealedTable
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork

_FACTS, _LATER = table_of(Fact), table_of(Fact).alias()
_BESIDE_PEOPLE = frozenset(kept.name for one in EVIDENCE.values() if one.asks_who for kept in one.kept)
"""What says nothing to the rules unless they know who the members are."""
_SINGLE = {name: one.single for name, one in EVIDENCE.items() if one.single is not None}
_SELECT_SINGLE_FACTS = (
    sa.select(
        *(
            _FACTS.c[name]
            for name in (
                "id",
                "household_code",
                "member_no",
                "person_id",
                "type",
                "observed_on",
                "payload",
                "supersedes_id",
            )
        ),
        sa.exists().where(_LATER.c.supersedes_id == _FACTS.c.id).label("superseded"),
    )
    .where(is_one_of(_FACTS.c.household_code, "codes"))
    .where(sa.or_(*(single.which for single in _SINGLE.values())))
    .order_by(_FACTS.c.recorded_at, _FACTS.c.id)
)
FACT_TEXTS: Final = SealedTable(table_of(FactText))
_SELECT_TEXTS = sa.select(FACT_TEXTS.table).where(is_one_of(FACT_TEXTS.table.c.fact_id, "ids"))
_UPDATE_MOMENT = (
    sa.update(_FACTS)
    .where(_FACTS.c.id == sa.bindparam("of_fact", type_=_FACTS.c.id.type))
    .values(updated_at=sa.bindparam("updated_at"))
)


class CountingFact(NamedTuple):
    """A fact that counts, with whom it is about."""

    fact_id: UUID
    fact: ReportedFact
    person_id: UUID | None


def load_seen(
    reading: Reading, evidence: Mapping[str, Collection[str]], as_of: AsOf
) -> Mapping[str, Mapping[str, Any]]:
    """What the rules see of these households, by what is kept of them.

    ``evidence`` names by household what there may be of it: nothing else is asked for.
    """
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for kept in all_kept():
        codes = [code for code, names in evidence.items() if kept.asked_where in names]
        if codes:
            for code, seen in kept.load(reading, codes, as_of).items():
                found[code][kept.name] = seen
    with_people = [code for code, seen in found.items() if not _BESIDE_PEOPLE.isdisjoint(seen)]
    if with_people:
        for code, seen in PEOPLE.load(reading, with_people, as_of).items():
            found[code][PEOPLE.name] = seen
    return found


def look_back(
    reading: Reading, code: str, evidence: Collection[str], then_of: Callable[[Kept[Any]], Then]
) -> dict[str, Any]:
    """What the rules saw of a household on a past day, by what was kept of it then; see `load_seen`."""
    seen: dict[str, Any] = {}
    for kept in all_kept():
        if kept.asked_where not in evidence:
            continue
        then = then_of(kept)
        if kept.look_back is None:
            seen.update((kept.name, found) for found in kept.load(reading, [code], then.as_of).values())
        elif then.rows or then.amounts:
            seen[kept.name] = kept.look_back(reading, then)
    assert PEOPLE.look_back is not None, "who lived there is known of every day"
    if not _BESIDE_PEOPLE.isdisjoint(seen):
        seen[PEOPLE.name] = PEOPLE.look_back(reading, then_of(PEOPLE))
    return seen


def load_evidence(
    reading: Reading, codes: Collection[str], attributions: Attributions
) -> Mapping[str, list[FactEvidence]]:
    """The facts that count for these households, in the order they came in, each with those that it corrected."""
    found: defaultdict[str, list[FactEvidence]] = defaultdict(list)
    if not codes:
        return found
    rows = reading.connection.execute(_SELECT_SINGLE_FACTS, {"codes": sorted(attributions.sources_of(codes))}).all()
    corrected = {row.id: row.supersedes_id for row in rows}
    for row in rows:
        if not row.superseded and (home := attributions.of(row.household_code, row.person_id)) in codes:
            found[home].append(_SINGLE[row.type].weigh(row, _chain(row.id, corrected)))
    return found


def _chain(fact_id: UUID, corrected: Mapping[UUID, UUID | None]) -> tuple[str, ...]:
    chain = [fact_id]
    while (before := corrected.get(chain[-1])) is not None:
        chain.append(before)
    return tuple(map(str, chain))


def stamp_facts(uow: UnitOfWork, fact_ids: Iterable[UUID]) -> None:
    """Something changed about these facts: whoever asks for what is new finds them."""
    rows = [{"of_fact": fact_id, "updated_at": uow.stamp()} for fact_id in fact_ids]
    execute_rows(uow.connection, _UPDATE_MOMENT, rows)


def payloads_of(reading: Reading, facts: Sequence[tuple[UUID, str, Any]]) -> list[Mapping[str, Any]]:
    """What facts say, with what is sealed of it. A fact is its id, its type and the payload of its row."""
    sealed = {fact_id: field for fact_id, type_, _ in facts if (field := EVIDENCE[type_].sealed) is not None}
    rows = reading.connection.execute(_SELECT_TEXTS, {"ids": list(sealed)}) if sealed else ()
    texts = {row.fact_id: {sealed[row.fact_id]: FACT_TEXTS.text(reading, "text", row)} for row in rows}
    return [{**payload, **texts.get(fact_id, {})} for fact_id, _, payload in facts]


def facts_of(reading: Reading, rows: Sequence[Any]) -> list[ReportedFact | None]:
    """Stored facts as they were sent; none for a withdrawal, which says nothing of its own."""
    payloads = payloads_of(reading, [(row.id, row.type, row.payload) for row in rows])
    return [
        None if withdraws(row.type) else _fact_of(row, payload) for row, payload in zip(rows, payloads, strict=True)
    ]


def _fact_of(row: Any, payload: Mapping[str, Any]) -> ReportedFact:
    return read_fact(
        {
            "source": row.source,
            "source_ref": row.source_ref,
            "household_code": row.household_code,
            "member_no": row.member_no,
            "observed_on": row.observed_on,
            "type": row.type,
            "payload": payload,
        }
    )


def load_counting(
    reading: Reading, codes: Collection[str], attributions: Attributions, known_at: dt.datetime | None = None
) -> dict[str, list[CountingFact]]:
    """The facts that count for these households, in the order in which they were recorded.

    ``known_at`` leaves out what was recorded later.
    """
    later = _FACTS.alias()
    superseded = later.c.supersedes_id == _FACTS.c.id
    counting = sa.select(_FACTS).where(is_one_of(_FACTS.c.household_code, "codes"))
    if known_at is not None:
        counting = counting.where(_FACTS.c.recorded_at <= known_at)
        superseded &= later.c.recorded_at <= known_at
    asked = counting.where(~sa.exists().where(superseded)).order_by(_FACTS.c.recorded_at, _FACTS.c.id)
    named = reading.connection.execute(asked, {"codes": sorted(attributions.sources_of(codes))})
    rows = [row for row in named if attributions.of(row.household_code, row.person_id) in codes]
    found: defaultdict[str, list[CountingFact]] = defaultdict(list)
    for row, fact in zip(rows, facts_of(reading, rows), strict=True):
        if fact is not None:
            found[attributions.of(row.household_code, row.person_id)].append(CountingFact(row.id, fact, row.person_id))
    return found
