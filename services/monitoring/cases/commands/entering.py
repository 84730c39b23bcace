"""录入: a household is monitored from now on, or no longer; and taking the latter back."""

from services.monitoring.cases.commands.deciding import demand_criteria
from services.monitoring.cases.commands.publish import publish_admitted, publish_case, publish_eliminated, tell_senders
from services.monitoring.cases.errors import CaseInvalid, CaseOpen, NotMonitored
from services.monitoring.cases.procedure import WATCH
from services.monitoring.cases.rules.figures import eleven_amounts
from services.monitoring.cases.rules.parameters import WATCH_MONTHS
from services.monitoring.cases.schemas import CaseTransitionIn
from services.monitoring.cases.store.inputs import load_dossier, load_figures, load_protections, policy_of
from services.monitoring.cases.store.rows import lock_open_case
from services.monitoring.cases.store.standings import Standing, load_standings, write_standing
from services.monitoring.contacts.store import is_contact_of
from services.monitoring.models.cases import Case
from services.monitoring.risks.commands.judge import judge_anew
from services.monitoring.risks.commands.reported import clear_reported
from services.monitoring.risks.rules.triggers import Trigger
from shared.codes.monitoring import CaseKind, ClueType, MonitoringStatus, RollBackReason
from shared.contracts.monitoring import EliminationRolledBack
from shared.db.unit_of_work import UnitOfWork
from shared.months import months_later
from shared.words.said import says


def enter(uow: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """Enter what the county approved. Raises CaseInvalid for a contact who does not look after the household."""
    assert body.contact_code is not None, "the step needs it"
    if not is_contact_of(uow, body.contact_code, case.household_code, case.region_code):
        raise CaseInvalid.at("/contact_code", says("no-contact-of-the-household"))
    case.contact_code = body.contact_code
    if case.kind is CaseKind.IDENTIFICATION:
        _admit(uow, case)
    else:
        _eliminate(uow, case)


def _admit(uow: UnitOfWork, case: Case) -> None:
    before = _standing(uow, case)
    case.episode = before.episode + 1
    _freeze_package(uow, case)
    standing = Standing(
        status=MonitoringStatus.MONITORED,
        household_class=case.household_class,
        main_risk=case.main_risk,
        episode=case.episode,
        opened_on=case.opened_on,
        admitted_on=case.approved_on,
    )
    publish_admitted(uow, case)
    tell_senders(uow, case)
    clear_reported(uow, case.household_code)
    _stand(uow, case, standing)


def _eliminate(uow: UnitOfWork, case: Case) -> None:
    demand_criteria(uow, case)
    assert case.approved_on is not None, "the county approved"
    _freeze_package(uow, case)
    months = policy_of(uow, case.model_dump()).value(WATCH_MONTHS)
    case.watch_until = months_later(case.approved_on, int(months.value))
    case.watch_rule = {**months.as_document(), "pack": months.pack}
    publish_eliminated(uow, case)
    standing = _standing(uow, case)._replace(
        status=MonitoringStatus.ELIMINATED, eliminated_on=case.approved_on, watch_until=case.watch_until
    )
    _stand(uow, case, standing)


def roll_back(uow: UnitOfWork, case: Case, body: CaseTransitionIn) -> None:
    """Have a household monitored again 回退.

    Raises:
        CaseInvalid: the reason is none of a roll-back.
        CaseOpen: it is being identified anew.
        NotMonitored: another case came after this one.
    """
    if not isinstance(body.reason, RollBackReason):
        raise CaseInvalid.at("/reason", says("no-reason-of-this-step"))
    if (other := lock_open_case(uow, case.household_code)) is not None:
        raise CaseOpen(says("case-of-household-open", household=case.household_code), case_id=str(other.id))
    standing = _standing(uow, case)
    if standing.status is not MonitoringStatus.ELIMINATED or standing.episode != case.episode:
        raise NotMonitored(says("elimination-of-before", household=case.household_code))
    setattr(case, WATCH.ends_on, None)
    publish_case(uow, EliminationRolledBack, case, body.on, body.reason.value)
    stands = standing._replace(status=MonitoringStatus.MONITORED, eliminated_on=None, watch_until=None)
    _stand(uow, case, stands)


def _standing(uow: UnitOfWork, case: Case) -> Standing:
    return load_standings(uow, [case.household_code])[case.household_code]


def _stand(uow: UnitOfWork, case: Case, standing: Standing) -> None:
    """Keep where the household stands, and judge it: some rules ask about monitored households alone."""
    uow.session.flush()  # flush: the judgement reads what was just written
    write_standing(uow, case.household_code, case.region_code, standing)
    judge_anew(uow, [case.household_code], uow.today(), Trigger(ClueType.HOUSEHOLD, uow.context))


def _freeze_package(uow: UnitOfWork, case: Case) -> None:
    """Keep the eleven amounts and the four protections as they stand 一头一尾."""
    today, dossier = uow.today(), load_dossier(uow, case.household_code)
    on = case.opened_on if case.kind is CaseKind.IDENTIFICATION else today
    figures = load_figures(uow, dossier, on, policy_of(uow, case.model_dump()))
    protections = load_protections(uow, dossier, today)
    case.package = {
        "on": today.isoformat(),
        "amounts": eleven_amounts(figures),
        "protections": {protection.value: status.value for protection, status in protections.items()},
    }
