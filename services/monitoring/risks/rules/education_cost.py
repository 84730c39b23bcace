"""教育支出过大: what is borne for one member past compulsory age since the school year 学年 began."""

from collections.abc import Mapping
from typing import Final

from services.monitoring.evidence.circumstances import PEOPLE
from services.monitoring.evidence.expense import EDUCATION
from services.monitoring.risks.rules.forms import Threshold
from services.monitoring.risks.rules.found import Found, answer
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth
from services.monitoring.risks.rules.parameters import COMPULSORY_AGE, EDUCATION_COST, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict, undecided
from shared.codes.monitoring import RiskKind
from shared.money import format_yuan
from shared.words.said import says

_KIND: Final = RiskKind.EDUCATION_COST
_CLEARED: Final = says("education-cost-cleared")
_CITED: Final = (EDUCATION_COST, COMPULSORY_AGE)


def judge_education_cost(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while education cost less reimbursed of one member past compulsory age is more than `education_cost`.

    Source: an unnamed county's 关于建立防止新发生返贫致贫风险机制的实施办法.
    """
    costs = state.sees(EDUCATION)
    if costs and (parameters.education_cost is None or parameters.compulsory_age is None):
        return undecided(_KIND, parameters, *_CITED)
    found = [_cost(*borne) for borne in _too_high(state, parameters, costs)] if costs else []
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def _too_high(
    state: HouseholdState, parameters: RuleParameters, costs: Mapping[int, int]
) -> list[tuple[int, int, Threshold]]:
    limit, ages = parameters.education_cost, parameters.compulsory_age
    assert limit is not None, "the rule is decided"
    assert ages is not None, "the rule is decided"
    older = {one.member_no for one in state.sees(PEOPLE) if one.age_on(parameters.decided_on) >= ages.stop}
    return [(member, cost, limit) for member, cost in costs.items() if member in older and limit.exceeded_by(cost)]


def _cost(member_no: int, cost: int, limit: Threshold) -> Found:
    inputs = {"member_no": member_no, "education_cost": format_yuan(cost), "limit": format_yuan(limit.times(1))}
    return Found(str(member_no), says("education-cost"), inputs)


def _may_speak(figures: Figures, _: RuleParameters) -> Truth:
    return figures.may_see(EDUCATION)


QUIET_EDUCATION_COST: Final = Quiet(_may_speak)
