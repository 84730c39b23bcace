"""What leads away from a case: it is refused, appealed against, withdrawn, or told of as overdue."""

from typing import Any, Final

from services.monitoring.cases.commands.deciding import begin_anew
from services.monitoring.cases.commands.publish import publish_case, tell_senders
from services.monitoring.cases.errors import AlreadyMonitored, CaseInvalid, CaseOpen, NotMonitored
from services.monitoring.cases.procedure import APPEAL
from services.monitoring.cases.schemas import CaseTransitionIn
from services.monitoring.cases.store.rows import CASES, STEPS, lock_open_case
from services.monitoring.cases.store.standings import load_standings, write_standing
from services.monitoring.models.cases import Case
from services.monitoring.risks.commands.reported import clear_reported
from shared.codes.monitoring import (
    CLOSED_CASES,
    DECIDED_BY_STEPS,
    CaseAction,
    CaseChange,
    CaseKind,
    CaseRefusal,
    MonitoringStatus,
)
from shared.contracts.monitoring import CaseOpened, CaseOverdue, CaseRefused
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.deadlines import Deadlines
from shared.procedures.taking import Asked, begin
from shared.words.said import says


def refused(uow: UnitOfWork, case: Case, body: CaseTransitionIn, asked: Asked[CaseAction]) -> None:
    """A case ends against the household, which may appeal once. Raises CaseInvalid for a reason that steps decide."""
    case.refusal = _reason(body)
    case.publicity_until = case.publicity_rule = None
    if not case.appealed:
        begin(uow, case, APPEAL, asked)
    publish_case(uow, CaseRefused, case, body.on, case.refusal.value)
    rest(uow, case)


def _reason(body: CaseTransitionIn) -> CaseRefusal:
    match body.action:
        case CaseAction.VILLAGE_REVIEW:
            return CaseRefusal.VOTE_FAILED
        case CaseAction.TOWNSHIP_REVIEW | CaseAction.COUNTY_APPROVE:
            return CaseRefusal.REVIEW_REFUSED
    if not isinstance(body.reason, CaseRefusal) or body.reason in DECIDED_BY_STEPS:
        raise CaseInvalid.at("/reason", says("no-reason-of-this-step"))
    return body.reason


def withdraw(uow: UnitOfWork, case: Case, _: CaseTransitionIn) -> None:
    """A case ends without a decision."""
    case.publicity_until = case.publicity_rule = None
    rest(uow, case)


def rest(uow: UnitOfWork, case: Case) -> None:
    """The household of a case that ended without an admission stands where it stood; senders of clues are told.

    What a clue reported holds its risk open no longer.
    """
    if case.kind is CaseKind.IDENTIFICATION:
        standing = load_standings(uow, [case.household_code])[case.household_code]
        write_standing(uow, case.household_code, case.region_code, standing._replace(status=standing.at_rest))
        clear_reported(uow, case.household_code)
    tell_senders(uow, case)


def appeal(uow: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """A refused case is open again, as if nobody had voted.

    Raises:
        CaseOpen: another case of the household was opened meanwhile.
        AlreadyMonitored, NotMonitored: the household stands otherwise by now.
    """
    code = case.household_code
    with uow.session.no_autoflush:
        other = lock_open_case(uow, code)
    if other is not None and other.id != case.id:
        raise CaseOpen(says("case-of-household-open", household=code), case_id=str(other.id))
    standing = load_standings(uow, [code])[code]
    identifies = case.kind is CaseKind.IDENTIFICATION
    if identifies and standing.is_monitored:
        raise AlreadyMonitored(says("household-is-monitored", household=code))
    if not identifies and not standing.is_monitored:
        raise NotMonitored(says("household-is-not-monitored", household=code))
    case.appealed, case.refusal = True, None
    case.appeal_until = case.appeal_rule = None
    begin_anew(case)
    publish_case(uow, CaseOpened, case, body.on)
    if identifies:
        in_procedure = standing._replace(status=MonitoringStatus.IN_PROCEDURE)
        write_standing(uow, code, case.region_code, in_procedure)
    tell_senders(uow, case)


def tell_overdue(uow: UnitOfWork) -> bool:
    """Tell of each case that is overdue 逾期, once; tells whether more is waiting."""
    return _DEADLINES.tell(uow)


def _publish_overdue(uow: UnitOfWork, row: Any) -> None:
    overdue = CaseOverdue(
        case_id=row["id"],
        household_code=row["household_code"],
        region_code=row["region_code"],
        kind=row["kind"],
        on=row["due_on"],
    )
    uow.emit(overdue, region=row["region_code"], context=uow.context.in_chain(row["correlation_id"]))


_DEADLINES: Final = Deadlines(
    CASES, STEPS, ended=sorted(CLOSED_CASES), action=CaseChange.OVERDUE, publish=_publish_overdue
)
