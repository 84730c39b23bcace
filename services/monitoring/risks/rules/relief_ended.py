"""救助停止: 低保 or 特困 ended, and neither was granted since."""

from typing import Final

from services.monitoring.evidence.circumstances import Circumstance, Circumstances, standing
from services.monitoring.evidence.relief import RELIEF_KNOWN
from services.monitoring.risks.rules.events import recent
from services.monitoring.risks.rules.found import Found, answer
from services.monitoring.risks.rules.glance import Quiet, may_be_concerned
from services.monitoring.risks.rules.no_labour import LIVING_RELIEF, living_relief_holds
from services.monitoring.risks.rules.parameters import EVENT_MONTHS, SOURCE_ORDER, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict, undecided
from shared.codes.circumstances import ReliefStatus
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.RELIEF_ENDED
_CLEARED: Final = says("relief-granted-again")
_CITED: Final = (EVENT_MONTHS, SOURCE_ORDER)


def judge_relief_ended(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire for `event_months` after 低保 or 特困 ended, a reason for each scheme, unless one of them is granted."""
    if not state.is_concerned(RELIEF_KNOWN):
        return answer(_KIND, (), open_risk, parameters, _CITED, cleared=_CLEARED)
    if parameters.event_months is None:
        return undecided(_KIND, parameters, EVENT_MONTHS)
    ended = () if living_relief_holds(state, parameters) else _ended(state.sees(RELIEF_KNOWN), parameters)
    by_scheme = {one.said["scheme"]: one for one in sorted(recent(ended, parameters), key=_day)}
    found = [_relief(one) for one in by_scheme.values()]
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def _ended(said: Circumstances, parameters: RuleParameters) -> list[Circumstance]:
    holding = standing(said, parameters.source_order, "scheme").values()
    return [one for one in holding if one.said["scheme"] in LIVING_RELIEF and one.said["status"] == ReliefStatus.ENDED]


def _day(one: Circumstance) -> int:
    return one.observed_on.toordinal()


def _relief(one: Circumstance) -> Found:
    inputs = {"scheme": one.said["scheme"], "observed_on": one.observed_on.isoformat()}
    return Found(one.said["scheme"], says("relief-ended"), inputs)


QUIET_RELIEF_ENDED: Final = Quiet(may_be_concerned)
