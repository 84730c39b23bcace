"""Expense 支出 of a household, and the medical cost that its members bear themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field, model_validator

from services.monitoring.evidence.kept import AsOf, Kept, Posting, Then
from services.monitoring.evidence.rules import NO_MEMBER, NOBODY, NOTHING, FactEvidence
from services.monitoring.evidence.schemas import MonthSent, ReportedFact, Statement
from services.monitoring.evidence.types import EvidenceType, SingleFacts
from services.monitoring.models.facts import Fact
from services.monitoring.models.ledger import EducationMonth, MedicalMonth
from services.monitoring.models.persons import Member
from shared.codes.monitoring import ExpenseKind, RiskKind
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.findings import Finding, WrongValue
from shared.money import Yuan, parse_yuan
from shared.months import month_of, parse_month
from shared.words.said import says

_MEDICAL, _EDUCATION, _MEMBERS = table_of(MedicalMonth), table_of(EducationMonth), table_of(Member)
SCHOOL_YEAR_BEGINS: Final = 9
"""September 九月: the first month of a school year."""


def _select_cost(months: sa.Table) -> sa.Select[Any]:
    """What members who still belong to their households bear themselves in a span of months."""
    return (
        sa.select(
            months.c.household_code,
            sa.func.coalesce(_MEMBERS.c.member_no, NO_MEMBER),
            sa.cast(sa.func.sum(months.c.self_paid), sa.BigInteger),
        )
        .outerjoin(_MEMBERS, _MEMBERS.c.person_id == months.c.person_id)
        .where(is_one_of(months.c.household_code, "codes"))
        .where(months.c.month.between(sa.bindparam("first"), sa.bindparam("last")))
        .where((months.c.person_id == NOBODY) | _MEMBERS.c.member_no.is_not(None))
        .group_by(months.c.household_code, _MEMBERS.c.member_no)
    )


_SELECT_MEDICAL, _SELECT_EDUCATION = _select_cost(_MEDICAL), _select_cost(_EDUCATION)


class ExpensePayload(Statement):
    """Expense 支出 of one month."""

    kind: ExpenseKind
    month: MonthSent
    amount: Yuan
    self_paid_compliant: Yuan = Field("0.00", validate_default=True)
    """合规自付支出: what the household bears itself under the rules."""
    reimbursed: Yuan = Field("0.00", validate_default=True)

    """What an insurance or a fund paid. Both parts together are at most the amount."""

    @model_validator(mode="after")
    def _each_part_fits(self) -> "ExpensePayload":
        if max(self.self_paid_compliant, self.reimbursed) > self.amount:
            raise WrongValue(says("part-above-the-bill"))
        return self


class ExpenseFact(ReportedFact):
    """An expense fact."""

    type: Literal["expense"]
    payload: ExpensePayload

    def posting(self, person_id: UUID | None) -> Posting:
        """Its compliant self-paid part in the sums of its month; what each person bears of some kinds of cost.

        Of the cost of going to work, what is borne beside that part is a sum of its own: nothing is deducted twice.
        """
        said = self.payload
        sums = {"self_paid_compliant": said.self_paid_compliant}
        if said.kind is ExpenseKind.WORK_COST:
            sums["work_cost"] = said.amount - said.reimbursed - said.self_paid_compliant
        months = {said.month: sums}
        kept = _KEPT_BY_MEMBER.get(said.kind)
        if kept is None:
            return Posting(months)
        return Posting(months, amounts={(kept, (person_id or NOBODY, said.month)): said.amount - said.reimbursed})

    def month_named(self) -> int:
        """The month of the bill."""
        return self.payload.month

    def doubt(self) -> Finding | None:
        """The parts of a bill are at most the bill."""
        said = self.payload
        if said.self_paid_compliant + said.reimbursed <= said.amount:
            return None
        return Finding("/payload", says("parts-above-the-bill"))


Costs = Mapping[int, int]
"""Fen by member number; `NO_MEMBER` for cost without a named member."""


def _load_medical(reading: Reading, codes: Sequence[str], as_of: AsOf) -> Mapping[str, Costs]:
    """The cost in the window."""
    return _load_cost(reading, _SELECT_MEDICAL, codes, as_of.first, as_of.last)


def _load_education(reading: Reading, codes: Sequence[str], as_of: AsOf) -> Mapping[str, Costs]:
    """The cost of the school year 学年 so far: since the last September, that of the day included."""
    return _load_cost(reading, _SELECT_EDUCATION, codes, *_school_year(as_of))


def _school_year(as_of: AsOf) -> tuple[int, int]:
    this = month_of(as_of.on)
    return this - (as_of.on.month - SCHOOL_YEAR_BEGINS) % 12, this


def _load_cost(
    reading: Reading, asked: sa.Select[Any], codes: Sequence[str], first: int, last: int
) -> Mapping[str, Costs]:
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    span = {"codes": list(codes), "first": first, "last": last}
    for code, member_no, self_paid in reading.connection.execute(asked, span):
        found[code][member_no] = self_paid
    return found


def _look_back_at_medical(_: Reading, then: Then) -> Costs:
    return _costs_then(then, then.as_of.first, then.as_of.last)


def _look_back_at_education(_: Reading, then: Then) -> Costs:
    return _costs_then(then, *_school_year(then.as_of))


def _costs_then(then: Then, first: int, last: int) -> Costs:
    """What those who lived in the household bore in a span of months."""
    found: defaultdict[int, int] = defaultdict(int)
    for (person_id, month), self_paid in then.amounts.items():
        if first <= month <= last and (person_id == NOBODY or person_id in then.people):
            found[NO_MEMBER if person_id == NOBODY else then.people[person_id].member_no] += self_paid
    return found


MEDICAL: Final[Kept[Costs]] = Kept(
    _MEDICAL,
    nothing=NOTHING,
    load=_load_medical,
    look_back=_look_back_at_medical,
    key=("person_id", "month"),
    amount="self_paid",
)
"""Self-paid medical cost in the window, by member."""
EDUCATION: Final[Kept[Costs]] = Kept(
    _EDUCATION,
    nothing=NOTHING,
    load=_load_education,
    look_back=_look_back_at_education,
    key=("person_id", "month"),
    amount="self_paid",
)
"""Education cost less reimbursed of the school year, by member."""
_KEPT_BY_MEMBER: Final = {ExpenseKind.MEDICAL: MEDICAL, ExpenseKind.EDUCATION: EDUCATION}


def _is_medical(payload: Mapping[str, Any]) -> bool:
    return bool(payload["kind"] == ExpenseKind.MEDICAL)


def _weigh(row: Any, fact_ids: tuple[str, ...]) -> FactEvidence:
    payload, member_no = row.payload, row.member_no or NO_MEMBER
    self_paid = parse_yuan(payload["amount"]) - parse_yuan(payload["reimbursed"])
    return FactEvidence(
        fact_ids,
        member_no,
        month=parse_month(payload["month"]),
        self_paid_compliant=parse_yuan(payload["self_paid_compliant"]),
        seen={MEDICAL.name: {member_no: self_paid}} if _is_medical(payload) and self_paid else NOTHING,
    )


EXPENSE: Final = EvidenceType(
    "expense",
    fact=ExpenseFact,
    speaks_for=frozenset({RiskKind.RIGID_EXPENSE, RiskKind.NEW_ILLNESS, RiskKind.EDUCATION_COST}),
    kept=(MEDICAL, EDUCATION),
    asks_who=True,
    single=SingleFacts(table_of(Fact).c.type == "expense", _weigh),
    tells_of_health=_is_medical,
)
