"""Postings 记账: how a fact enters the ledger, and how it is taken out again. The same for every type of evidence."""

from uuid import UUID

from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import IncomeMonth


def post(dossier: HouseholdDossier, fact_id: UUID, fact: ReportedFact, person_id: UUID | None) -> None:
    """Enter what a fact says, and of whom, into the ledger."""
    posting = fact.posting(person_id)
    for month, sums in posting.months.items():
        added = IncomeMonth(**sums)
        dossier.window = dossier.window.with_month(month, added)
        if month in dossier.months:
            dossier.months[month].add(added)
        else:
            dossier.months[month] = added
    for (kept, key), amount in posting.amounts.items():
        dossier.amounts[kept][key] += amount
        dossier.evidence |= {kept.name}
    for kept, row in posting.rows.items():
        dossier.rows[kept][fact_id] = row
        dossier.evidence |= {kept.name}
    dossier.latest_day = max(dossier.latest_day, fact.observed_on)
    dossier.window_changed = True


def take_back(dossier: HouseholdDossier, fact_id: UUID, fact: ReportedFact, person_id: UUID | None) -> None:
    """Take a superseded or withdrawn fact out of the ledger; the window is computed anew."""
    posting = fact.posting(person_id)
    for month, sums in posting.months.items():
        dossier.months[month].take(IncomeMonth(**sums))
    for (kept, key), amount in posting.amounts.items():
        dossier.amounts[kept][key] -= amount
    for kept in posting.rows:
        dossier.rows[kept].pop(fact_id, None)
        dossier.removed[kept].add(fact_id)
    dossier.window_changed = dossier.window_stale = True
