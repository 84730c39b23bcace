"""Circumstances 家庭状况: what the rules read of a fact as it was said, as long as it counts.

A **state** holds until another is observed: per household, member and matter the latest counts, whatever came first.
An **event** happened on a day. Either is kept as its fact; what finds the facts of a household that count is a row
beside them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.attributions.store import load_attributions, load_passed_since
from services.monitoring.evidence.kept import AsOf, Kept, Person, Posting, Then
from services.monitoring.evidence.rules import NO_MEMBER
from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.models.evidence import Circumstance as CircumstanceRow
from services.monitoring.models.facts import Fact
from services.monitoring.models.persons import Member
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.findings import Finding
from shared.words.said import says


class Circumstance(NamedTuple):
    """What a fact that counts says of a household or a member."""

    fact_id: UUID
    member_no: int
    """`NO_MEMBER` where it is about the household."""
    source: str
    observed_on: dt.date
    recorded_at: dt.datetime
    said: Mapping[str, Any]
    """The payload as it is kept."""


Circumstances = tuple[Circumstance, ...]
"""Those of one type, in the order in which they were observed."""

_ROWS, _FACTS, _MEMBERS = table_of(CircumstanceRow), table_of(Fact), table_of(Member)
_AS_OBSERVED: Final = (_FACTS.c.observed_on, _FACTS.c.recorded_at, _FACTS.c.id)


def _select(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Those of some types, of these households, of members who still belong to them."""
    return (
        sa.select(
            _ROWS.c.household_code,
            _ROWS.c.type,
            _FACTS.c.id,
            sa.func.coalesce(_MEMBERS.c.member_no, NO_MEMBER),
            _FACTS.c.source,
            _FACTS.c.observed_on,
            _FACTS.c.recorded_at,
            _FACTS.c.payload,
        )
        .join(_FACTS, _FACTS.c.id == _ROWS.c.fact_id)
        .outerjoin(_MEMBERS, _MEMBERS.c.person_id == _FACTS.c.person_id)
        .where(is_one_of(_ROWS.c.household_code, "codes"), which)
        .where(_FACTS.c.observed_on <= sa.bindparam("on"))
        .where(_FACTS.c.person_id.is_(None) | _MEMBERS.c.member_no.is_not(None))
        .order_by(*_AS_OBSERVED)
    )


_SELECT_OF_A_TYPE = _select(_ROWS.c.type == sa.bindparam("type"))
_SELECT_OF_TYPES = _select(is_one_of(_ROWS.c.type, "types"))


def circumstances_of(type_: str, *, seen_of_concern: bool = True) -> Kept[Circumstances]:
    """What is kept of a type. The rules see it where it may concern them, or else wherever there is anything."""

    def load(reading: Reading, codes: Sequence[str], as_of: AsOf) -> Mapping[str, Circumstances]:
        return load_circumstances(reading, codes, type_, as_of.on)

    return Kept(
        _ROWS,
        nothing=(),
        load=load,
        look_back=_look_back,
        key=("fact_id",),
        kind=type_,
        seen_of_concern=seen_of_concern,
    )


def _look_back(reading: Reading, then: Then) -> Circumstances:
    """What was known on a past day of what counted for a household, of those who lived in it."""
    asked = sa.select(
        *(_FACTS.c[name] for name in ("id", "person_id", "source", "observed_on", "recorded_at", "payload"))
    )
    asked = asked.where(is_one_of(_FACTS.c.id, "ids"), _FACTS.c.observed_on <= then.as_of.on)
    rows = reading.connection.execute(asked.order_by(*_AS_OBSERVED), {"ids": list(then.rows)})
    return tuple(
        Circumstance(row.id, _number_of(row.person_id, then), row.source, row.observed_on, row.recorded_at, row.payload)
        for row in rows
        if row.person_id is None or row.person_id in then.people
    )


def _number_of(person_id: UUID | None, then: Then) -> int:
    return NO_MEMBER if person_id is None else then.people[person_id].member_no


def load_circumstances(reading: Reading, codes: Sequence[str], type_: str, on: dt.date) -> Mapping[str, Circumstances]:
    """What is known on a day of these households, of members who still belong to them, as it was observed."""
    found: defaultdict[str, Circumstances] = defaultdict(tuple)
    asked = {"codes": list(codes), "type": type_, "on": on}
    for code, _, *said in reading.connection.execute(_SELECT_OF_A_TYPE, asked):
        found[code] += (Circumstance(*said),)
    return found


def load_circumstances_of(
    reading: Reading, codes: Sequence[str], types: Collection[str], on: dt.date
) -> Mapping[str, Mapping[str, list[Circumstance]]]:
    """The same of several types at once, by household and type; a type of which nothing is known is not there."""
    found: defaultdict[str, defaultdict[str, list[Circumstance]]] = defaultdict(lambda: defaultdict(list))
    asked = {"codes": list(codes), "types": sorted(types), "on": on}
    for code, type_, *said in reading.connection.execute(_SELECT_OF_TYPES, asked):
        found[code][type_].append(Circumstance(*said))
    return found


class CircumstanceFact(ReportedFact):
    """A fact that says how a household is: each type of circumstance derives its own from it."""

    of: ClassVar[Kept[Circumstances]]
    needs_member: ClassVar[bool] = False
    """Whether it is about one member, who has to be named."""

    def posting(self, person_id: UUID | None) -> Posting:
        """The row that finds it, as long as it counts."""
        return Posting(rows={self.of: {"type": self.type}}, concerns=self.concerns())

    def concerns(self) -> bool:
        """Whether a rule may have something to say about it. Never false where one fires because of it."""
        return False

    def doubt(self) -> Finding | None:
        """A fact about one member names the member."""
        if self.needs_member and self.member_no is None:
            return Finding("/member_no", says("member-needed"))
        return None


def of_household(said: Iterable[Circumstance]) -> list[Circumstance]:
    """What is the household's, whoever of it was named: its house, its water. Who says nothing changes nothing."""
    return [one._replace(member_no=NO_MEMBER) for one in said if any(value is not None for value in one.said.values())]


SourceOrder = Sequence[str]
"""Sources in the order of their weight 来源优先级; those not named come after, by name."""


def rank_of(source: str, order: SourceOrder) -> tuple[int, str]:
    """The rank of a source: the lower, the more it weighs."""
    return (order.index(source) if source in order else len(order), source)


def standing(said: Iterable[Circumstance], order: SourceOrder, matter: str | None = None) -> dict[Any, Circumstance]:
    """The states that hold, by member; with a ``matter``, a field of what was said, by member and matter.

    The latest observed counts; of one day the source that weighs more, then what was recorded later.
    """
    holding: dict[Any, Circumstance] = {}
    for one in said:
        key = one.member_no if matter is None else (one.member_no, one.said[matter])
        other = holding.get(key)
        if other is None or _outweighs(one, other, order):
            holding[key] = one
    return holding


def _outweighs(one: Circumstance, other: Circumstance, order: SourceOrder) -> bool:
    if one.observed_on != other.observed_on:
        return one.observed_on > other.observed_on
    mine, theirs = rank_of(one.source, order), rank_of(other.source, order)
    return mine < theirs if mine != theirs else one.recorded_at >= other.recorded_at


_SELECT_PEOPLE = (
    sa.select(
        _MEMBERS.c.household_code, _MEMBERS.c.member_no, _MEMBERS.c.birth_date, _MEMBERS.c.labour, _MEMBERS.c.student
    )
    .where(is_one_of(_MEMBERS.c.household_code, "codes"))
    .order_by(_MEMBERS.c.household_code, _MEMBERS.c.member_no)
)


def _load_people(reading: Reading, codes: Sequence[str], _: AsOf) -> Mapping[str, tuple[Person, ...]]:
    found: defaultdict[str, tuple[Person, ...]] = defaultdict(tuple)
    for code, member_no, birth_date, labour, student in reading.connection.execute(_SELECT_PEOPLE, {"codes": codes}):
        found[code] += (Person(member_no, birth_date, labour.is_able, student),)
    return found


def _look_back_at_people(_: Reading, then: Then) -> tuple[Person, ...]:
    return tuple(sorted(then.people.values()))


PEOPLE: Final[Kept[tuple[Person, ...]]] = Kept(_MEMBERS, nothing=(), load=_load_people, look_back=_look_back_at_people)
"""The members of the household, seen beside circumstances and cost of single members."""


class About(Enum):
    """Of whom one state holds at a time."""

    HOUSEHOLD = "household"
    """Whoever of it was named: its house, its water."""
    MEMBER = "member"
    """Of each member who still belongs to it."""
    EITHER = "either"
    """Of each such member, and of the household where nobody was named."""


def select_standing(
    type_: str,
    about: About,
    on: dt.date,
    order: SourceOrder,
    *,
    which: Callable[[sa.ColumnElement[Any]], sa.ColumnElement[bool]] | None = None,
    matter: str | None = None,
    members: sa.FromClause = _MEMBERS,
    elsewhere: sa.FromClause | None = None,
) -> sa.Subquery:
    """The states of a type that hold on a day, of all households at once, as `standing` tells those of one.

    ``which`` says of the payload what is a state at all; ``matter`` names the field that tells matters apart. Of a past
    day ``members`` are those of then, and ``elsewhere`` the facts that counted for another household then, see
    `load_counted_elsewhere`. Columns: household_code, person_id, observed_on, said.
    """
    payload = _FACTS.c.payload
    holder = [] if about is About.HOUSEHOLD else [_FACTS.c.person_id]
    matters = [] if matter is None else [payload[matter].as_string()]
    weight = sa.case({source: rank for rank, source in enumerate(order)}, value=_FACTS.c.source, else_=len(order))
    latest = [_FACTS.c.observed_on.desc(), weight, _FACTS.c.source, _FACTS.c.recorded_at.desc(), _FACTS.c.id.desc()]
    source: sa.FromClause = _ROWS.join(_FACTS, _FACTS.c.id == _ROWS.c.fact_id)
    source = source.outerjoin(members, members.c.person_id == _FACTS.c.person_id)
    home: sa.ColumnElement[Any] = _ROWS.c.household_code
    if elsewhere is not None:
        source = source.outerjoin(elsewhere, elsewhere.c.fact_id == _FACTS.c.id)
        home = sa.func.coalesce(elsewhere.c.household_code, home)
    place = sa.func.row_number().over(partition_by=[home, *holder, *matters], order_by=latest)
    columns = (home.label("household_code"), _FACTS.c.person_id, _FACTS.c.observed_on, payload.label("said"))
    said = (
        sa.select(*columns, place.label("place"))
        .select_from(source)
        .where(_ROWS.c.type == type_, _FACTS.c.observed_on <= on, _belongs(about, members))
    )
    placed = (said if which is None else said.where(which(payload))).subquery()
    shown = (placed.c.household_code, placed.c.person_id, placed.c.observed_on, placed.c.said)
    return sa.select(*shown).where(placed.c.place == 1).subquery(f"standing_{type_}")


def _belongs(about: About, members: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether whoever a fact is about is a member, or the fact is about the household."""
    is_member = members.c.member_no.is_not(None)
    return is_member if about is About.MEMBER else is_member | _FACTS.c.person_id.is_(None)


def load_counted_elsewhere(reading: Reading, on: dt.date) -> list[tuple[UUID, str]]:
    """The circumstances that counted for another household on a day than they do now 分户、并户, with that one."""
    codes = load_passed_since(reading, on)
    if not codes:
        return []
    then = load_attributions(reading, codes).on(on)
    counting = sa.select(_FACTS.c.id, _FACTS.c.household_code, _FACTS.c.person_id, _ROWS.c.household_code.label("now"))
    found = counting.join_from(_ROWS, _FACTS, _FACTS.c.id == _ROWS.c.fact_id).where(
        is_one_of(_ROWS.c.household_code, "codes"), _FACTS.c.observed_on <= on
    )
    rows = reading.connection.execute(found, {"codes": sorted(codes)})
    homes = ((row.id, then.of(row.household_code, row.person_id), row.now) for row in rows)
    return [(fact_id, home) for fact_id, home, now in homes if home != now]
