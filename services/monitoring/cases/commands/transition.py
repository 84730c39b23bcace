"""The steps that people take with a case 识别认定, 风险消除."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from services.monitoring.cases.commands.deciding import approve_at_county, resolve, review, review_at_township
from services.monitoring.cases.commands.ending import appeal, refused, withdraw
from services.monitoring.cases.commands.entering import enter, roll_back
from services.monitoring.cases.commands.gathering import compare, confirm_emergency, consent, visit
from services.monitoring.cases.errors import CaseInvalid
from services.monitoring.cases.procedure import OPTIONAL, PROCEDURES
from services.monitoring.cases.rules.steps import is_repeated, wrong_fields
from services.monitoring.cases.rules.votes import carries
from services.monitoring.cases.schemas import CaseOut, CaseTransitionIn
from services.monitoring.cases.store.rows import STEPS, lock_case
from services.monitoring.cases.store.shown import show_case
from services.monitoring.models.cases import Case
from shared.codes.monitoring import CaseAction, CaseStatus
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.errors import TransitionNotAllowed
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
from shared.versions import ExpectedVersion, demand_version
from shared.words.said import says

Effect = Callable[[UnitOfWork, Case, CaseTransitionIn], None]


def transition_case(
    uow: UnitOfWork, case_id: UUID, body: CaseTransitionIn, expected: ExpectedVersion | None = None
) -> CaseOut:
    """Take a step of the procedure of a case.

    Raises:
        CaseNotFound: there is no such case within the caller's region.
        ScopeMissing: township and county decide under a scope of their own.
        VersionChanged: the case is not as the caller saw it.
        TransitionNotAllowed, LevelTooLow, StepNotYet, StepLapsed: as of every procedure.
        CaseInvalid: the day cannot be, or the body is not that of the step.
        BlockIncomplete, ConsentMissing, IncomeIncomplete, CanCope, NoClass, Excluded, CriteriaUnmet: a review stops.
    """
    case = lock_case(uow, case_id)
    procedure = PROCEDURES[case.kind]
    if scopes := procedure.scopes_of(body.action):
        uow.actor.demand(*scopes)
    demand_version(expected, case.version)
    asked = _asked(uow, case, body)
    if is_repeated(body.action, emergency=case.emergency, appealed=case.appealed):
        said = says("no-such-step", thing=procedure.thing, status=case.status, action=body.action)
        raise TransitionNotAllowed(said, allowed_actions=list(show_case(uow, case.model_dump()).allowed_actions))
    _TAKERS[case.kind].take(uow, case, asked, lambda: _follow(uow, case, body, asked))
    uow.session.flush()  # flush: the answer reads what was just written
    return show_case(uow, case.model_dump())


def _asked(uow: UnitOfWork, case: Case, body: CaseTransitionIn) -> Asked[CaseAction]:
    said = body.said()
    return Asked(
        action=body.action,
        region_code=case.opened_in,
        caller=Caller.of(uow.actor, case.region_code),
        on=body.on,
        previous=case.stepped_on,
        note=body.note,
        details={"details": said} if said else None,
        otherwise=_turns_out_otherwise(body),
        policy_of=case.opened_on,
        logged={"household": case.household_code, "kind": str(case.kind)},
    )


def _turns_out_otherwise(body: CaseTransitionIn) -> bool:
    """Whether a vote failed, a review said no, or an objection was upheld."""
    match body.action:
        case CaseAction.VILLAGE_REVIEW:
            return not carries(body.attended or 0, body.in_favour or 0)
        case CaseAction.TOWNSHIP_REVIEW | CaseAction.COUNTY_APPROVE:
            return body.approved is False
        case CaseAction.RESOLVE:
            return body.upheld is True
    return False


def _follow(uow: UnitOfWork, case: Case, body: CaseTransitionIn, asked: Asked[CaseAction]) -> None:
    """What comes with the new status."""
    _demand_fields(case, body)
    case.stepped_on = body.on
    if body.action in _EFFECTS:
        _EFFECTS[body.action](uow, case, body)
    if case.status is CaseStatus.REFUSED:
        refused(uow, case, body, asked)


def _demand_fields(case: Case, body: CaseTransitionIn) -> None:
    step = next(step for step in PROCEDURES[case.kind].steps if step.action is body.action)
    if findings := list(wrong_fields(step, body.said(), OPTIONAL.get(body.action, ()))):
        raise CaseInvalid.of(findings)


_EFFECTS: Final[Mapping[CaseAction, Effect]] = {
    CaseAction.VISIT: visit,
    CaseAction.CONSENT: consent,
    CaseAction.COMPARE: compare,
    CaseAction.EMERGENCY: confirm_emergency,
    CaseAction.VILLAGE_REVIEW: review,
    CaseAction.RESOLVE: resolve,
    CaseAction.TOWNSHIP_REVIEW: review_at_township,
    CaseAction.COUNTY_APPROVE: approve_at_county,
    CaseAction.ENTER: enter,
    CaseAction.APPEAL: appeal,
    CaseAction.WITHDRAW: withdraw,
    CaseAction.ROLL_BACK: roll_back,
}


def _audit_view(case: Case) -> dict[str, Any]:
    """What the audit keeps of a case: no text, and nobody's name."""
    return {
        "status": str(case.status),
        "class": case.household_class and str(case.household_class),
        "refusal": case.refusal and str(case.refusal),
        "publicity_until": case.publicity_until and case.publicity_until.isoformat(),
        "approved_on": case.approved_on and case.approved_on.isoformat(),
        "version": case.version,
    }


_TAKERS: Final = {
    kind: Taker(procedure, STEPS, _audit_view, wrong_day=CaseInvalid) for kind, procedure in PROCEDURES.items()
}
