"""意外事故: a member came to harm."""

from typing import Final

from services.monitoring.evidence.accident import ACCIDENT_KNOWN
from services.monitoring.evidence.circumstances import Circumstance
from services.monitoring.risks.rules.events import recent
from services.monitoring.risks.rules.found import Found, answer
from services.monitoring.risks.rules.glance import Quiet, may_be_concerned
from services.monitoring.risks.rules.parameters import EVENT_MONTHS, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict, undecided
from shared.codes.circumstances import AccidentEffect
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.ACCIDENT
_CLEARED: Final = says("no-recent-accident")
_CITED: Final = (EVENT_MONTHS,)


def judge_accident(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire for `event_months` after an accident; red for a death, or where it disabled a main earner 主要劳动力."""
    said = state.sees(ACCIDENT_KNOWN)
    if said and parameters.event_months is None:
        return undecided(_KIND, parameters, EVENT_MONTHS)
    by_member = {one.member_no: one for one in sorted(recent(said, parameters), key=_gravity)} if said else {}
    found = [_accident(one) for one in by_member.values()]
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def _gravity(one: Circumstance) -> tuple[bool, int]:
    return _is_red(one), one.observed_on.toordinal()


def _is_red(one: Circumstance) -> bool:
    effect = one.said["effect"]
    return effect == AccidentEffect.DEATH or (effect == AccidentEffect.DISABILITY and one.said["main_earner"] is True)


def _accident(one: Circumstance) -> Found:
    inputs = {
        "member_no": one.member_no,
        "kind": one.said["kind"],
        "effect": one.said["effect"],
        "main_earner": one.said["main_earner"],
        "observed_on": one.observed_on.isoformat(),
    }
    return Found(str(one.member_no), says("accident"), inputs, red=_is_red(one))


QUIET_ACCIDENT: Final = Quiet(may_be_concerned)
