"""产业失败: what the household produces failed, was damaged or stays unsold."""

from typing import Any, Final

from services.monitoring.evidence.circumstances import Circumstance
from services.monitoring.evidence.production import PRODUCTION_KNOWN
from services.monitoring.risks.rules.events import recent
from services.monitoring.risks.rules.found import Found, answer
from services.monitoring.risks.rules.glance import Quiet, may_be_concerned
from services.monitoring.risks.rules.near_line import NEAR_LINE_KEYS, is_near_line
from services.monitoring.risks.rules.parameters import EVENT_MONTHS, WINDOW_MONTHS, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict, undecided
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.PRODUCTION_FAILURE
_CLEARED: Final = says("no-recent-failure")
_CITED: Final = (EVENT_MONTHS, *NEAR_LINE_KEYS, WINDOW_MONTHS)


def judge_production_failure(
    state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None
) -> Verdict:
    """Fire for `event_months` after production went wrong, a reason for each kind of it; red near the line.

    Source: 靖边县“百日提升”行动方案 (自然灾害、市场波动、产品滞销及项目失败).
    """
    said = state.sees(PRODUCTION_KNOWN)
    if said and parameters.event_months is None:
        return undecided(_KIND, parameters, EVENT_MONTHS)
    by_kind = {one.said["kind"]: one for one in recent(said, parameters)} if said else {}
    near = is_near_line(state, parameters) if by_kind else None
    found = [_failure(one, near) for one in by_kind.values()]
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def _failure(one: Circumstance, near: bool | None) -> Found:
    inputs: dict[str, Any] = {
        "kind": one.said["kind"],
        "outcome": one.said["outcome"],
        "loss": one.said["loss"],
        "observed_on": one.observed_on.isoformat(),
        "near_line": near,
    }
    return Found(one.said["kind"], says("production-failed"), inputs, red=near)


QUIET_PRODUCTION_FAILURE: Final = Quiet(may_be_concerned)
