"""自然灾害: a natural disaster hit the household."""

from typing import Final

from services.monitoring.evidence.circumstances import Circumstance
from services.monitoring.evidence.disaster import DISASTER_KNOWN
from services.monitoring.risks.rules.events import recent
from services.monitoring.risks.rules.found import Found, answer
from services.monitoring.risks.rules.glance import Quiet, may_be_concerned
from services.monitoring.risks.rules.parameters import EVENT_MONTHS, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict, undecided
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.DISASTER
_CLEARED: Final = says("no-recent-disaster")
_CITED: Final = (EVENT_MONTHS,)


def judge_disaster(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire for `event_months` after a disaster, a reason for each kind of it; red where the house was damaged."""
    said = state.sees(DISASTER_KNOWN)
    if said and parameters.event_months is None:
        return undecided(_KIND, parameters, EVENT_MONTHS)
    by_kind = {one.said["sub_kind"]: one for one in sorted(recent(said, parameters), key=_gravity)} if said else {}
    found = [_disaster(one) for one in by_kind.values()]
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def _gravity(one: Circumstance) -> tuple[bool, int]:
    return one.said["house_damaged"], one.observed_on.toordinal()


def _disaster(one: Circumstance) -> Found:
    inputs = {
        "sub_kind": one.said["sub_kind"],
        "loss": one.said["loss"],
        "house_damaged": one.said["house_damaged"],
        "observed_on": one.observed_on.isoformat(),
    }
    return Found(one.said["sub_kind"], says("disaster"), inputs, red=one.said["house_damaged"])


QUIET_DISASTER: Final = Quiet(may_be_concerned)
