"""缺劳动力: nobody of the household can work, no relief holds, and the income is at most near the line."""

from typing import Final

from services.monitoring.evidence.circumstances import standing
from services.monitoring.evidence.relief import RELIEF_KNOWN
from services.monitoring.ledger.rules.income import format_span
from services.monitoring.risks.rules.found import Found, answer
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth, shares_known_income
from services.monitoring.risks.rules.near_line import NEAR_LINE_KEYS, is_near_line
from services.monitoring.risks.rules.parameters import SOURCE_ORDER, WINDOW_MONTHS, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Outcome, Verdict, insufficient_income, undecided
from shared.codes.circumstances import ReliefScheme, ReliefStatus
from shared.codes.monitoring import RiskKind
from shared.money import divide_half_up, format_yuan
from shared.words.said import says

_KIND: Final = RiskKind.NO_LABOUR
_CLEARED: Final = says("labour-or-relief")
_CITED: Final = (*NEAR_LINE_KEYS, WINDOW_MONTHS, SOURCE_ORDER)
LIVING_RELIEF: Final = frozenset({ReliefScheme.DIBAO, ReliefScheme.TEKUN})
"""What a household can live by 兜底保障."""


def judge_no_labour(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while nobody has labour 有劳动能力, no 低保 and no 特困 holds, and income per head is near the line.

    Source: 缺劳动力 among the risks of the national system; 兜底保障 in 铜仁市“十四五”规划 第五章第二节.
    """
    if parameters.line_nearby is None or parameters.min_months is None:
        return undecided(_KIND, parameters, *NEAR_LINE_KEYS)
    if state.able_workers or state.dibao:
        return _clear(parameters, open_risk)
    near = is_near_line(state, parameters)
    if near is None:
        return insufficient_income(_KIND, state, parameters)
    if not near or living_relief_holds(state, parameters):
        return _clear(parameters, open_risk)
    return answer(_KIND, [_found(state)], open_risk, parameters, _CITED, cleared=_CLEARED)


def living_relief_holds(state: HouseholdState, parameters: RuleParameters) -> bool:
    """Whether a fact says that 低保 or 特困 is granted to the household or one of its members."""
    said = state.sees(RELIEF_KNOWN)
    holding = standing(said, parameters.source_order, "scheme").values()
    return any(one.said["scheme"] in LIVING_RELIEF and one.said["status"] == ReliefStatus.GRANTED for one in holding)


def _clear(parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    if open_risk is None:
        return Verdict(_KIND, Outcome.CLEAR)
    return answer(_KIND, (), open_risk, parameters, _CITED, cleared=_CLEARED)


def _found(state: HouseholdState) -> Found:
    window = state.window
    inputs = {
        "members": state.members,
        "window": format_span(window.first, window.anchor),
        "net_income": format_yuan(window.net),
        "per_head": format_yuan(divide_half_up(window.net, state.members)),
    }
    return Found("", says("no-labour"), inputs)


def _may_speak(figures: Figures, parameters: RuleParameters) -> Truth:
    nearby = parameters.line_nearby
    assert nearby is not None, "the rule is decided"
    return (
        (figures.able_workers == 0)
        & (figures.dibao == False)  # noqa: E712  a column, too
        & shares_known_income(figures, parameters)
        & nearby.kept_by(figures.window.net, figures.members)
    )


def _suffices(figures: Figures, parameters: RuleParameters) -> Truth:
    return (figures.able_workers > 0) | figures.dibao | shares_known_income(figures, parameters)


QUIET_NO_LABOUR: Final = Quiet(_may_speak, NEAR_LINE_KEYS, _suffices)
