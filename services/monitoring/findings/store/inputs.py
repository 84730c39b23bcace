"""What the rules of findings look at, read for many households at once: only what some rule asks for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from services.monitoring.attributions.store import load_attributions
from services.monitoring.evidence.circumstances import load_circumstances, load_circumstances_of, rank_of
from services.monitoring.evidence.illness import DIAGNOSES
from services.monitoring.evidence.kept import AsOf
from services.monitoring.evidence.rules import NO_MEMBER, NOTHING
from services.monitoring.findings.rules.holding import STATES, holding
from services.monitoring.findings.rules.seen import (
    CHANGES,
    CONFIRMED,
    DOUBLED,
    HEALTH,
    HOMES,
    IDENTITY,
    INCOME,
    REGISTER,
    RISKS,
    ConfirmedAmount,
    Doubled,
    ReportedChange,
    Seen,
    SeenIncome,
    SeenMember,
    SeenRisk,
    State,
    StateKey,
)
from services.monitoring.ledger.rules.income import window_months
from services.monitoring.models.facts import Fact
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import IncomeLeaf, LedgerMonth
from services.monitoring.models.persons import Member
from services.monitoring.models.risks import Risk
from services.monitoring.persons.store import MEMBERS
from services.monitoring.risks.rules.parameters import WINDOW_MONTHS, RuleParameters
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.clock import BUSINESS_ZONE
from shared.codes.monitoring import RiskStatus
from shared.db.base import table_of
from shared.db.rows import read_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.money import parse_yuan
from shared.months import format_month

_HOUSEHOLDS, _MEMBERS, _MONTHS = table_of(Household), table_of(Member), table_of(LedgerMonth)
_RISKS, _FACTS = table_of(Risk), table_of(Fact)
_LATER, _OTHERS, _OTHER_HOMES = _FACTS.alias("later"), _MEMBERS.alias("others"), _HOUSEHOLDS.alias("other_homes")
_LEAVES, _OTHER_LEAVES = table_of(IncomeLeaf), table_of(IncomeLeaf).alias("other_leaves")
_OF_HOUSEHOLD: Final = (
    "code",
    "region_code",
    "category",
    "dibao",
    "relocated",
    "registered_on",
    "joined_on",
    "left_on",
)
_OF_MEMBER: Final = ("member_no", "person_id", "relation", "sex", "birth_date", "labour", "health", "student")
_SELECT_HOUSEHOLDS = (
    sa.select(*(_HOUSEHOLDS.c[name] for name in _OF_HOUSEHOLD))
    .where(is_one_of(_HOUSEHOLDS.c.code, "codes"), _HOUSEHOLDS.c.ended_on.is_(None))
    .order_by(_HOUSEHOLDS.c.code)
)
_SELECT_MEMBERS = (
    sa.select(_MEMBERS.c.household_code, *(_MEMBERS.c[name] for name in _OF_MEMBER), _MEMBERS.c.id_number)
    .where(is_one_of(_MEMBERS.c.household_code, "codes"))
    .order_by(_MEMBERS.c.household_code, _MEMBERS.c.member_no)
)
_SELECT_INCOME = (
    sa.select(
        _MONTHS.c.household_code,
        *(
            sa.cast(sa.func.sum(_MONTHS.c[name]), sa.BigInteger())
            for name in ("wage", "operating", "property_", "transfer", "operating_cost", "self_paid_compliant")
        ),
        sa.func.count().filter(_MONTHS.c.income_facts > 0),
    )
    .where(is_one_of(_MONTHS.c.household_code, "codes"))
    .where(_MONTHS.c.month.between(sa.bindparam("first"), sa.bindparam("last")))
    .group_by(_MONTHS.c.household_code)
)
_SELECT_RISKS = (
    sa.select(*(_RISKS.c[name] for name in ("household_code", "kind", "status", "opened_at", "cleared_at", "verdict")))
    .where(is_one_of(_RISKS.c.household_code, "codes"))
    .order_by(_RISKS.c.household_code, _RISKS.c.kind, _RISKS.c.episode)
)
_SELECT_HOMES = (
    sa.select(_MEMBERS.c.household_code, _MEMBERS.c.member_no, _OTHER_HOMES.c.code, _OTHER_HOMES.c.region_code)
    .join(
        _OTHERS,
        (_OTHERS.c.id_number_index == _MEMBERS.c.id_number_index)
        & (_OTHERS.c.household_code != _MEMBERS.c.household_code),
    )
    .join(_OTHER_HOMES, _OTHER_HOMES.c.code == _OTHERS.c.household_code)
    .where(is_one_of(_MEMBERS.c.household_code, "codes"), _OTHER_HOMES.c.ended_on.is_(None))
)
_SELECT_CONFIRMED = (
    sa.select(_FACTS.c.household_code, _FACTS.c.member_no, _FACTS.c.person_id, _FACTS.c.payload)
    .where(is_one_of(_FACTS.c.household_code, "codes"), _FACTS.c.confirmed.is_not(None), _FACTS.c.type == "income")
    .where(~sa.exists().where(_LATER.c.supersedes_id == _FACTS.c.id))
)
_MATTER: Final = ("household_code", "person_id", "month", "leaf")
_SELECT_DOUBLED = (
    sa.select(_LEAVES.c.household_code, _MEMBERS.c.member_no, _LEAVES.c.leaf, _LEAVES.c.month, _LEAVES.c.source)
    .distinct()
    .outerjoin(_MEMBERS, _MEMBERS.c.person_id == _LEAVES.c.person_id)
    .where(is_one_of(_LEAVES.c.household_code, "codes"))
    .where(
        sa.exists().where(
            *(_OTHER_LEAVES.c[name] == _LEAVES.c[name] for name in _MATTER), _OTHER_LEAVES.c.source != _LEAVES.c.source
        )
    )
)


class Asked(NamedTuple):
    """For which households something is read, and on which day."""

    codes: Sequence[str]
    regions: Mapping[str, str]
    """The region of each."""
    on: dt.date

    def parameters(self, reading: Reading, code: str) -> RuleParameters:
        """The parameters of the place of one."""
        return rule_parameters(reading.policy, self.regions[code], self.on)


def load_seen(reading: Reading, codes: Collection[str], inputs: frozenset[str]) -> list[Seen]:
    """These households as rules that look at these inputs see them, by code; one that is no more is left out."""
    households = reading.connection.execute(_SELECT_HOUSEHOLDS, {"codes": list(codes)}).mappings().all()
    asked = Asked(
        [one["code"] for one in households], {one["code"]: one["region_code"] for one in households}, reading.today()
    )
    members = _load_members(reading, asked, inputs)
    read = {_READERS[name].field: _READERS[name].load(reading, asked) for name in sorted(inputs & _READERS.keys())}
    read["states"] = _load_states(reading, asked, inputs & STATES)
    return [Seen(on=asked.on, members=members[one["code"]], **_fields(one["code"], read), **one) for one in households]


def _fields(code: str, read: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What was read of a household, by field of `Seen`."""
    return {field: values[code] for field, values in read.items() if code in values}


def _load_states(reading: Reading, asked: Asked, types: Collection[str]) -> Mapping[str, dict[StateKey, State]]:
    """What holds of these types, all read at once."""
    found: defaultdict[str, dict[StateKey, State]] = defaultdict(dict)
    known = load_circumstances_of(reading, asked.codes, types, asked.on) if types else NOTHING
    for code, by_type in known.items():
        parameters = asked.parameters(reading, code)
        for kind, said in by_type.items():
            found[code] |= holding(kind, said, parameters)
    return found


def _load_members(reading: Reading, asked: Asked, inputs: frozenset[str]) -> Mapping[str, list[SeenMember]]:
    found: defaultdict[str, list[SeenMember]] = defaultdict(list)
    if inputs.isdisjoint((REGISTER, HEALTH, IDENTITY)):
        return found
    for row in reading.connection.execute(_SELECT_MEMBERS, {"codes": asked.codes}):
        registered = dict(zip(_OF_MEMBER, row[1:], strict=False))
        number = MEMBERS.text(reading, "id_number", row) if IDENTITY in inputs else None
        found[row[0]].append(SeenMember(**registered, id_number=number))
    return found


def _load_income(reading: Reading, asked: Asked) -> Mapping[str, SeenIncome]:
    """The sums of the window of each household whose policy says how long that is."""
    by_length: defaultdict[int, list[str]] = defaultdict(list)
    for code in asked.codes:
        length = reading.policy.at(asked.regions[code], asked.on).find(WINDOW_MONTHS)
        if length is not None:
            by_length[int(length.value)].append(code)
    found: dict[str, SeenIncome] = {}
    for months, codes in by_length.items():
        first, last = window_months(asked.on, months)
        found |= dict.fromkeys(codes, _NOTHING_KNOWN)
        rows = read_tuples(reading.connection, _SELECT_INCOME, {"codes": codes, "first": first, "last": last})
        found |= {code: SeenIncome(*sums) for code, *sums in rows}
    return found


_NOTHING_KNOWN: Final = SeenIncome(*[0] * len(SeenIncome._fields))


def _load_risks(reading: Reading, asked: Asked) -> Mapping[str, dict[str, SeenRisk]]:
    """The last episode of each kind."""
    found: defaultdict[str, dict[str, SeenRisk]] = defaultdict(dict)
    for code, kind, status, opened_at, cleared_at, verdict in reading.connection.execute(
        _SELECT_RISKS, {"codes": asked.codes}
    ):
        cleared_on = None if cleared_at is None else cleared_at.astimezone(BUSINESS_ZONE).date()
        opened_on = opened_at.astimezone(BUSINESS_ZONE).date()
        found[code][str(kind)] = SeenRisk(status is RiskStatus.OPEN, opened_on, cleared_on, verdict is not None)
    return found


def _load_diagnosed(reading: Reading, asked: Asked) -> Mapping[str, frozenset[int]]:
    known = DIAGNOSES.load(reading, asked.codes, AsOf(0, 0, asked.on))
    return {code: frozenset(one.member_no or NO_MEMBER for one in found) for code, found in known.items()}


def _load_homes(reading: Reading, asked: Asked) -> Mapping[str, dict[int, dict[str, str]]]:
    found: defaultdict[str, dict[int, dict[str, str]]] = defaultdict(dict)
    for code, member_no, other, region_code in reading.connection.execute(_SELECT_HOMES, {"codes": asked.codes}):
        found[code].setdefault(member_no, {})[other] = region_code
    return found


def _load_confirmed(reading: Reading, asked: Asked) -> Mapping[str, list[ConfirmedAmount]]:
    found: defaultdict[str, list[ConfirmedAmount]] = defaultdict(list)
    attributions = load_attributions(reading, asked.codes)
    sources = sorted(attributions.sources_of(asked.codes))
    for code, member_no, person_id, said in reading.connection.execute(_SELECT_CONFIRMED, {"codes": sources}):
        if (home := attributions.of(code, person_id)) in asked.regions:
            found[home].append(ConfirmedAmount(member_no, said["month"], parse_yuan(said["amount"])))
    return found


def _load_doubled(reading: Reading, asked: Asked) -> Mapping[str, list[Doubled]]:
    """Of each household what several sources report, with the source that counts first."""
    sources: defaultdict[tuple[str, int | None, str, int], set[str]] = defaultdict(set)
    for *matter, source in reading.connection.execute(_SELECT_DOUBLED, {"codes": asked.codes}):
        code, member_no, leaf, month = matter
        sources[code, member_no, leaf, month].add(source)
    found: defaultdict[str, list[Doubled]] = defaultdict(list)
    for (code, member_no, leaf, month), named in sources.items():
        order = asked.parameters(reading, code).source_order
        ordered = tuple(sorted(named, key=lambda source: rank_of(source, order)))
        found[code].append(Doubled(member_no, leaf, format_month(month), ordered))
    return found


def _load_changes(reading: Reading, asked: Asked) -> Mapping[str, list[ReportedChange]]:
    known = load_circumstances(reading, asked.codes, CHANGES, asked.on)
    return {
        code: [ReportedChange(one.member_no, one.said["change"], one.observed_on) for one in said]
        for code, said in known.items()
    }


class _Reader(NamedTuple):
    """How an input is read, and the field of `Seen` that holds it."""

    field: str
    load: Callable[[Reading, Asked], Mapping[str, Any]]
    """By household."""


_READERS: Final[Mapping[str, _Reader]] = {
    INCOME: _Reader("income", _load_income),
    RISKS: _Reader("risks", _load_risks),
    HOMES: _Reader("elsewhere", _load_homes),
    CONFIRMED: _Reader("confirmed", _load_confirmed),
    DOUBLED: _Reader("doubled", _load_doubled),
    CHANGES: _Reader("changes", _load_changes),
    "illness": _Reader("diagnosed", _load_diagnosed),
}
"""What is read beside the register and the states."""
