"""Rows that say who passed from one household to another."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.attributions.rules import NO_ATTRIBUTIONS, Attributions, Passing
from services.monitoring.models.household_events import HouseholdEvent, MemberMove
from shared.codes.monitoring import HouseholdEventKind
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading

_EVENTS, _MOVES = table_of(HouseholdEvent), table_of(MemberMove)
_COLUMNS: Final = ("id", "event", "household_code", "other_code", "on", "recorded_at")


def _passings(column: sa.Column[Any]) -> sa.Select[Any]:
    is_passing = _EVENTS.c.other_code.is_not(None)
    return sa.select(*(_EVENTS.c[name] for name in _COLUMNS)).where(is_one_of(column, "codes"), is_passing)


_SELECT_PASSINGS = sa.union(_passings(_EVENTS.c.household_code), _passings(_EVENTS.c.other_code))
_SELECT_PERSONS = sa.select(_MOVES.c.event_id, _MOVES.c.person_id).where(
    is_one_of(_MOVES.c.event_id, "ids"), _MOVES.c.arrived
)


def load_passed_since(reading: Reading, day: dt.date) -> frozenset[str]:
    """The households to or from which somebody passed after a day."""
    passed = sa.select(_EVENTS.c.household_code, _EVENTS.c.other_code).where(
        _EVENTS.c.other_code.is_not(None), _EVENTS.c.on > day
    )
    return frozenset(code for row in reading.connection.execute(passed) for code in row)


def load_attributions(reading: Reading, codes: Collection[str]) -> Attributions:
    """Where facts of these households count, and which of others count for them; nothing is asked where none is named.

    Whoever passed from or to one of them may have passed on from or to others: these are looked at until none is left.
    """
    found: dict[UUID, Any] = {}
    seen: set[str] = set()
    asked = set(codes)
    while asked:
        rows = reading.connection.execute(_SELECT_PASSINGS, {"codes": sorted(asked)}).all()
        seen |= asked
        found |= {row.id: row for row in rows}
        asked = {code for row in rows for code in (row.household_code, row.other_code)} - seen
    return _attributions(reading, sorted(found.values(), key=lambda row: row.recorded_at)) if found else NO_ATTRIBUTIONS


def load_living_on(reading: Reading, code: str) -> str:
    """The code under which a household lives on that was merged 并户; of every other one its own."""
    return load_attributions(reading, [code]).of(code, None)


def _attributions(reading: Reading, rows: Sequence[Any]) -> Attributions:
    persons = _load_persons(reading, [row.id for row in rows if row.event is HouseholdEventKind.SPLIT])
    return Attributions(
        Passing(
            row.household_code,
            row.other_code,
            frozenset(persons[row.id]) if row.event is HouseholdEventKind.SPLIT else None,
            row.on,
            row.recorded_at,
        )
        for row in rows
    )


def _load_persons(reading: Reading, events: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for event_id, person_id in reading.connection.execute(_SELECT_PERSONS, {"ids": events}) if events else ():
        found[event_id].append(person_id)
    return found
