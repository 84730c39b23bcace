"""Postings 记账: how a fact enters the ledger, and how it is taken out again. The same for every type of evidence."""

from collections.abc import Iterable
from uuid import UUID

from services.monitoring.evidence.circumstances import SourceOrder, rank_of
from services.monitoring.evidence.kept import Posting
from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.ledger.rules.dossiers import HouseholdDossier, Report
from services.monitoring.ledger.rules.income import IncomeMonth
from shared.ids import derived_id


def post(
    dossier: HouseholdDossier, fact_id: UUID, fact: ReportedFact, person_id: UUID | None, order: SourceOrder
) -> None:
    """Enter what a fact says, and of whom, into the ledger; ``order`` tells which of two sources weighs more."""
    posting = _posting(dossier, fact, person_id)
    if posting.rival is None:
        for month, sums in posting.months.items():
            added = IncomeMonth(**sums)
            dossier.window = dossier.window.with_month(month, added)
            if month in dossier.months:
                dossier.months[month].add(added)
            else:
                dossier.months[month] = added
    else:
        _change_reports(dossier, fact_id, posting, order, counts=True)
    for (kept, key), amount in posting.amounts.items():
        dossier.amounts[kept][key] += amount
        dossier.evidence |= {kept.name}
    for kept, row in posting.rows.items():
        dossier.rows[kept][fact_id] = row
        dossier.evidence |= {kept.name, kept.concern} if posting.concerns else {kept.name}
    dossier.latest_day = max(dossier.latest_day, fact.observed_on)
    dossier.window_changed = True


def take_back(
    dossier: HouseholdDossier, fact_id: UUID, fact: ReportedFact, person_id: UUID | None, order: SourceOrder
) -> None:
    """Take a superseded or withdrawn fact out of the ledger; the window is computed anew."""
    posting = _posting(dossier, fact, person_id)
    if posting.rival is None:
        for month, sums in posting.months.items():
            dossier.months[month].take(IncomeMonth(**sums))
    else:
        _change_reports(dossier, fact_id, posting, order, counts=False)
    for (kept, key), amount in posting.amounts.items():
        dossier.amounts[kept][key] -= amount
    for kept in posting.rows:
        dossier.rows[kept].pop(fact_id, None)
        dossier.removed[kept].add(fact_id)
    dossier.window_changed = dossier.window_stale = True


def _posting(dossier: HouseholdDossier, fact: ReportedFact, person_id: UUID | None) -> Posting:
    """What the fact enters. What was said of a household that merged is no report of what the other one was paid."""
    if person_id is None and fact.has_rivals() and fact.household_code != dossier.code:
        return fact.posting(derived_id("household", fact.household_code))
    return fact.posting(person_id)


def _change_reports(
    dossier: HouseholdDossier, fact_id: UUID, posting: Posting, order: SourceOrder, *, counts: bool
) -> None:
    """Of the reports of one matter those of the heaviest source are in the months, before and after the change."""
    assert posting.rival is not None, "one report among several"
    reports = dossier.reports[posting.rival.matter]
    [(month, sums)] = posting.months.items()
    ledger = dossier.months[month]
    ledger.take(_counting(reports.values(), order))
    if counts:
        reports[fact_id] = Report(posting.rival.source, IncomeMonth(**sums))
    else:
        del reports[fact_id]
    ledger.add(_counting(reports.values(), order))
    dossier.window_stale = True


def _counting(reports: Iterable[Report], order: SourceOrder) -> IncomeMonth:
    """What counts of the reports of one matter: the sum of what the heaviest source says."""
    counting = IncomeMonth()
    heaviest = min((rank_of(report.source, order) for report in reports), default=None)
    for report in reports:
        if rank_of(report.source, order) == heaviest:
            counting.add(report.sums)
    return counting
