"""Expense 支出 of a household, and the medical cost that its members bear themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field, model_validator

from services.monitoring.evidence.kept import AsOf, Kept, Posting
from services.monitoring.evidence.rules import NO_MEMBER, NOBODY, NOTHING, FactEvidence
from services.monitoring.evidence.schemas import MonthSent, ReportedFact, Statement
from services.monitoring.evidence.types import EvidenceType, SingleFacts
from services.monitoring.models.facts import Fact
from services.monitoring.models.ledger import MedicalMonth
from services.monitoring.models.persons import Member
from shared.codes.monitoring import ExpenseKind, RiskKind
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.findings import Finding, WrongValue
from shared.money import Yuan, parse_yuan
from shared.months import parse_month
from shared.words.said import says

_MEDICAL, _MEMBERS = table_of(MedicalMonth), table_of(Member)
_SELECT_MEDICAL = (
    sa.select(
        _MEDICAL.c.household_code,
        sa.func.coalesce(_MEMBERS.c.member_no, NO_MEMBER),
        sa.cast(sa.func.sum(_MEDICAL.c.self_paid), sa.BigInteger),
    )
    .outerjoin(_MEMBERS, _MEMBERS.c.person_id == _MEDICAL.c.person_id)
    .where(is_one_of(_MEDICAL.c.household_code, "codes"))
    .where(_MEDICAL.c.month.between(sa.bindparam("first"), sa.bindparam("last")))
    .where((_MEDICAL.c.person_id == NOBODY) | _MEMBERS.c.member_no.is_not(None))
    .group_by(_MEDICAL.c.household_code, _MEMBERS.c.member_no)
)


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
        """Its compliant self-paid part in the sums of its month, and what is self-paid of medical cost by person."""
        said = self.payload
        months = {said.month: {"self_paid_compliant": said.self_paid_compliant}}
        if said.kind is not ExpenseKind.MEDICAL:
            return Posting(months)
        return Posting(months, amounts={(MEDICAL, (person_id or NOBODY, said.month)): said.amount - said.reimbursed})

    def month_named(self) -> int:
        """The month of the bill."""
        return self.payload.month

    def doubt(self) -> Finding | None:
        """The parts of a bill are at most the bill."""
        said = self.payload
        if said.self_paid_compliant + said.reimbursed <= said.amount:
            return None
        return Finding("/payload", says("parts-above-the-bill"))


def _load_medical(reading: Reading, codes: Sequence[str], as_of: AsOf) -> Mapping[str, Mapping[int, int]]:
    """The cost in the window of each member who still belongs to the household."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    asked = {"codes": list(codes), "first": as_of.first, "last": as_of.last}
    for code, member_no, self_paid in reading.connection.execute(_SELECT_MEDICAL, asked):
        found[code][member_no] = self_paid
    return found


MEDICAL: Final[Kept[Mapping[int, int]]] = Kept(
    _MEDICAL, nothing=NOTHING, load=_load_medical, key=("person_id", "month"), amount="self_paid"
)
"""Self-paid medical cost in the window by member number; `NO_MEMBER` for cost without a named member."""


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
    speaks_for=frozenset({RiskKind.RIGID_EXPENSE, RiskKind.NEW_ILLNESS}),
    kept=(MEDICAL,),
    single=SingleFacts(table_of(Fact).c.type == "expense", _weigh),
    tells_of_health=_is_medical,
)
