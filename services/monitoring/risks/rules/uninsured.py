"""未参加基本医保: a member of a lifted, monitored or 低保 household is not insured in the year of the decision."""

from typing import Final

from services.monitoring.evidence.circumstances import Circumstance, standing
from services.monitoring.evidence.insurance import INSURANCE_KNOWN, of_year
from services.monitoring.risks.rules.found import Found, answer, nothing_of_concern, unknown
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth, may_be_concerned
from services.monitoring.risks.rules.parameters import SOURCE_ORDER, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict
from shared.codes.circumstances import InsuranceScheme, InsuranceStatus
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.UNINSURED
_CLEARED: Final = says("everybody-insured")
_CITED: Final = (SOURCE_ORDER,)


def judge_uninsured(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while a member is said to be without basic medical insurance 基本医保 in the year of the decision.

    Asked for lifted 脱贫, monitored 监测对象 and 低保 households. Source: 禄丰 三(五)15, 靖边 二(一): 100 % 参保.
    """
    if not (state.is_lifted or state.monitored or state.dibao):
        return answer(_KIND, (), open_risk, parameters, _CITED, cleared=_CLEARED)
    if (quiet := nothing_of_concern(_KIND, state, INSURANCE_KNOWN, open_risk)) is not None:
        return quiet
    holding = standing(_of_the_year(state, parameters), parameters.source_order)
    if not holding and open_risk is None:
        return unknown(_KIND)
    found = [_uninsured(one, parameters) for one in holding.values() if one.said["status"] == InsuranceStatus.UNINSURED]
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def _of_the_year(state: HouseholdState, parameters: RuleParameters) -> list[Circumstance]:
    said = state.sees(INSURANCE_KNOWN)
    return [
        one for one in of_year(said, parameters.decided_on.year) if one.said["scheme"] == InsuranceScheme.BASIC_MEDICAL
    ]


def _uninsured(one: Circumstance, parameters: RuleParameters) -> Found:
    inputs = {
        "member_no": one.member_no,
        "year": parameters.decided_on.year,
        "observed_on": one.observed_on.isoformat(),
    }
    return Found(str(one.member_no), says("member-uninsured"), inputs)


def _suffices(figures: Figures, _: RuleParameters) -> Truth:
    is_asked = figures.is_lifted | figures.monitored | figures.dibao
    not_asked = is_asked == False  # noqa: E712  columns, too
    return figures.knows(INSURANCE_KNOWN) | not_asked


QUIET_UNINSURED: Final = Quiet(may_be_concerned, suffices=_suffices)
