"""Events of cases, and what the senders of their clues are told."""

import datetime as dt
from typing import Final

from services.monitoring.answers.commands import tell_outcome
from services.monitoring.models.cases import Case
from shared.codes.monitoring import CaseKind, CaseStatus, ClueOutcome
from shared.contracts.monitoring import CaseTold, EliminationApproved, HouseholdAdmitted
from shared.db.unit_of_work import UnitOfWork

_OUTCOME_OF: Final = {
    CaseStatus.OPENED: ClueOutcome.IN_PROCEDURE,
    CaseStatus.MONITORED: ClueOutcome.ADMITTED,
    CaseStatus.REFUSED: ClueOutcome.REFUSED,
    CaseStatus.WITHDRAWN: ClueOutcome.NONE,
}


def publish_case(uow: UnitOfWork, kind: type[CaseTold], case: Case, on: dt.date, reason: str | None = None) -> None:
    """Something became of a case. What a case leads to belongs to the chain that opened it."""
    told = kind(
        case_id=case.id,
        household_code=case.household_code,
        region_code=case.region_code,
        kind=case.kind,
        on=on,
        reason=reason,
    )
    uow.emit(told, region=case.region_code, context=uow.context.in_chain(case.correlation_id))


def publish_admitted(uow: UnitOfWork, case: Case) -> None:
    """A household is monitored from now on."""
    assert case.episode is not None, "an admission counts"
    assert case.approved_on is not None, "the county approved"
    admitted = HouseholdAdmitted(
        case_id=case.id,
        household_code=case.household_code,
        region_code=case.region_code,
        household_class=case.household_class,
        main_risk=case.main_risk,
        risks=tuple(case.risks),
        episode=case.episode,
        admitted_on=case.approved_on,
        pack=case.pack,
    )
    uow.emit(admitted, region=case.region_code, context=uow.context.in_chain(case.correlation_id))


def publish_eliminated(uow: UnitOfWork, case: Case) -> None:
    """A household is monitored no longer."""
    approved = EliminationApproved(
        case_id=case.id,
        household_code=case.household_code,
        region_code=case.region_code,
        episode=case.episode,
        manner=case.manner,
        approved_on=case.approved_on,
        watch_until=case.watch_until,
        pack=case.pack,
    )
    uow.emit(approved, region=case.region_code, context=uow.context.in_chain(case.correlation_id))


def tell_senders(uow: UnitOfWork, case: Case) -> None:
    """Tell whoever sent a clue of an identification what became of it, where that is news."""
    outcome = _OUTCOME_OF.get(case.status)
    if case.kind is CaseKind.IDENTIFICATION and outcome is not None:
        tell_outcome(uow, case.id, outcome)
