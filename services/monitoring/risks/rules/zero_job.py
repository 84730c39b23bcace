"""零就业家庭: all who can work are without work, and at least one of them wants to work."""

from typing import Final

from services.monitoring.evidence.circumstances import PEOPLE, standing
from services.monitoring.evidence.work import WORK_KNOWN
from services.monitoring.risks.rules.found import Found, answer, nothing_of_concern, unknown
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth, may_be_concerned
from services.monitoring.risks.rules.parameters import SOURCE_ORDER, WORKING_AGE, ZERO_JOB_FOR, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict, undecided
from shared.codes.circumstances import WorkStatus
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.ZERO_JOB
_CLEARED: Final = says("somebody-works")
_CITED: Final = (ZERO_JOB_FOR, WORKING_AGE, SOURCE_ORDER)
_NEEDED: Final = (ZERO_JOB_FOR, WORKING_AGE)


def judge_zero_job(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while all able members of working age are known to have no work and one is willing; red where relocated.

    Asked for the households that `zero_job_for` names. Source: 铜仁市“十四五”规划 第六章第五节; 石家庄 二(四);
    禄丰 二(二); 靖边 二(四).
    """
    ages = parameters.working_age
    if ages is None or parameters.zero_job_for is None:
        return undecided(_KIND, parameters, *_NEEDED)
    if not _is_asked_about(state, parameters):
        return answer(_KIND, (), open_risk, parameters, _CITED, cleared=_CLEARED)
    if (quiet := nothing_of_concern(_KIND, state, WORK_KNOWN, open_risk)) is not None:
        return quiet
    return _judge_those_asked_about(state, parameters, ages, open_risk)


def _judge_those_asked_about(
    state: HouseholdState, parameters: RuleParameters, ages: range, open_risk: LatestRisk | None
) -> Verdict:
    said = state.sees(WORK_KNOWN)
    holding = standing(said, parameters.source_order)
    able = [one.member_no for one in state.sees(PEOPLE) if one.able and one.age_on(parameters.decided_on) in ages]
    known = [holding[member_no].said for member_no in able if member_no in holding]
    if any(said["status"] == WorkStatus.WORKING for said in known):
        return answer(_KIND, (), open_risk, parameters, _CITED, cleared=_CLEARED)
    if len(known) < len(able) or (not known and open_risk is None):
        return unknown(_KIND)
    willing = sum(said["willing"] for said in known)
    inputs = {"able_members": len(able), "willing": willing, "relocated": state.relocated}
    found = [Found("", says("nobody-works"), inputs, red=state.relocated)] if willing else []
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def _is_asked_about(state: HouseholdState, parameters: RuleParameters) -> bool:
    groups = parameters.zero_job_for or frozenset()
    return "all" in groups or any(name in groups and of_it for name, of_it in _groups_of(state).items())


def _groups_of(figures: Figures) -> dict[str, Truth]:
    """Whether a household belongs to each group that `zero_job_for` may name beside all."""
    return {"relocated": figures.relocated, "lifted": figures.is_lifted, "monitored": figures.monitored}


def _suffices(figures: Figures, parameters: RuleParameters) -> Truth:
    """What is known suffices also where nobody is asked about."""
    groups, enough = parameters.zero_job_for or frozenset(), figures.knows(WORK_KNOWN)
    if "all" in groups:
        return enough
    left_out: Truth = True
    for name, of_it in _groups_of(figures).items():
        if name in groups:
            left_out = (of_it == False) & left_out  # noqa: E712  a column, too
    return enough | left_out


QUIET_ZERO_JOB: Final = Quiet(may_be_concerned, _NEEDED, _suffices)
