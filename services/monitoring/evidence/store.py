"""Rows of all types of evidence: what the rules see, and single facts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.circumstances import PEOPLE
from services.monitoring.evidence.kept import AsOf
from services.monitoring.evidence.rules import FactEvidence
from services.monitoring.evidence.table import EVIDENCE, all_kept
from services.monitoring.models.facts import Fact
from shared.db.base import table_of
from shared.db.rows import execute_rows
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
            for name in ("id", "household_code", "member_no", "type", "observed_on", "payload", "supersedes_id")
        ),
        sa.exists().where(_LATER.c.supersedes_id == _FACTS.c.id).label("superseded"),
    )
    .where(is_one_of(_FACTS.c.household_code, "codes"))
    .where(sa.or_(*(single.which for single in _SINGLE.values())))
    .order_by(_FACTS.c.recorded_at, _FACTS.c.id)
)
_UPDATE_MOMENT = (
    sa.update(_FACTS)
    .where(_FACTS.c.id == sa.bindparam("of_fact", type_=_FACTS.c.id.type))
    .values(updated_at=sa.bindparam("updated_at"))
)


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


def load_evidence(reading: Reading, codes: Collection[str]) -> Mapping[str, list[FactEvidence]]:
    """The facts of these households that count, in the order they came in, each with those that it corrected."""
    found: defaultdict[str, list[FactEvidence]] = defaultdict(list)
    if not codes:
        return found
    rows = reading.connection.execute(_SELECT_SINGLE_FACTS, {"codes": sorted(codes)}).all()
    corrected = {row.id: row.supersedes_id for row in rows}
    for row in rows:
        if not row.superseded:
            found[row.household_code].append(_SINGLE[row.type].weigh(row, _chain(row.id, corrected)))
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
