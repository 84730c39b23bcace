"""住房安全无保障: the only home is graded C or D."""

from typing import Final

from services.monitoring.evidence.circumstances import Circumstance, of_household, standing
from services.monitoring.evidence.dwelling import DWELLING_KNOWN, UNSAFE_GRADES
from services.monitoring.risks.rules.found import Found, answer, nothing_of_concern, unknown
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth, may_be_concerned
from services.monitoring.risks.rules.parameters import SOURCE_ORDER, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict
from shared.codes.circumstances import DwellingGrade
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.UNSAFE_HOUSING
_CLEARED: Final = says("housing-is-safe")
_CITED: Final = (SOURCE_ORDER,)


def judge_unsafe_housing(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while the only home 唯一住房 is graded C or D; red for D. Source: 农村住房安全动态监测机制."""
    if (quiet := nothing_of_concern(_KIND, state, DWELLING_KNOWN, open_risk)) is not None:
        return quiet
    said = state.sees(DWELLING_KNOWN)
    holding = list(standing(of_household(said), parameters.source_order).values())
    if not holding and open_risk is None:
        return unknown(_KIND)
    found = [_unsafe(one) for one in holding if one.said["only_home"] and one.said["grade"] in UNSAFE_GRADES]
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def _unsafe(one: Circumstance) -> Found:
    inputs = {"grade": one.said["grade"], "observed_on": one.observed_on.isoformat()}
    return Found("", says("housing-unsafe"), inputs, red=one.said["grade"] == DwellingGrade.D)


def _knows(figures: Figures, _: RuleParameters) -> Truth:
    return figures.knows(DWELLING_KNOWN)


QUIET_UNSAFE_HOUSING: Final = Quiet(may_be_concerned, suffices=_knows)
