"""Postings 记账: how a fact enters the ledger, and how it is taken out again."""

from uuid import UUID

from services.monitoring.evidence.rules import NOBODY
from services.monitoring.evidence.schemas import AnyFact, ExpenseFact, IncomeFact, LedgerFact, WithdrawalFact
from services.monitoring.ledger.rules.dossiers import HouseholdDossier, PersonDiagnosed
from shared.codes.monitoring import ExpenseKind, IncomeBranch

_BRANCH_COLUMN = {
    IncomeBranch.WAGE: "wage",
    IncomeBranch.OPERATING: "operating",
    IncomeBranch.PROPERTY: "property_",
    IncomeBranch.TRANSFER: "transfer",
}


def post(dossier: HouseholdDossier, fact_id: UUID, fact: AnyFact, person_id: UUID | None) -> None:
    """Enter a fact, and whom it is about, into the ledger. A withdrawal says nothing: it takes back what it names."""
    if isinstance(fact, IncomeFact):
        _post_income(dossier, fact, 1)
        net = fact.payload.amount - fact.payload.operating_cost
        dossier.window = dossier.window.with_income(fact.payload.month, net)
    elif isinstance(fact, ExpenseFact):
        _post_expense(dossier, fact, person_id, 1)
        dossier.window = dossier.window.with_self_paid(fact.payload.month, fact.payload.self_paid_compliant)
    elif not isinstance(fact, WithdrawalFact):
        payload = fact.payload
        dossier.diagnosed[fact_id] = PersonDiagnosed(
            person_id, payload.code, payload.serious, payload.main_earner, fact.observed_on
        )
        dossier.has_illness = True
    dossier.latest_day = max(dossier.latest_day, fact.observed_on)
    dossier.window_changed = True


def take_back(dossier: HouseholdDossier, fact_id: UUID, fact: LedgerFact, person_id: UUID | None) -> None:
    """Take a superseded or withdrawn fact out of the ledger; the window is computed anew."""
    if isinstance(fact, IncomeFact):
        _post_income(dossier, fact, -1)
    elif isinstance(fact, ExpenseFact):
        _post_expense(dossier, fact, person_id, -1)
    else:
        dossier.diagnosed.pop(fact_id, None)
        dossier.undiagnosed.add(fact_id)
    dossier.window_changed = dossier.window_stale = True


def _post_income(dossier: HouseholdDossier, fact: IncomeFact, sign: int) -> None:
    month, column = dossier.months[fact.payload.month], _BRANCH_COLUMN[fact.payload.branch]
    setattr(month, column, getattr(month, column) + sign * fact.payload.amount)
    month.operating_cost += sign * fact.payload.operating_cost
    month.income_facts += sign


def _post_expense(dossier: HouseholdDossier, fact: ExpenseFact, person_id: UUID | None, sign: int) -> None:
    dossier.months[fact.payload.month].self_paid_compliant += sign * fact.payload.self_paid_compliant
    if fact.payload.kind is ExpenseKind.MEDICAL:
        self_paid = fact.payload.amount - fact.payload.reimbursed
        dossier.medical[person_id or NOBODY, fact.payload.month] += sign * self_paid
        dossier.has_medical = True
