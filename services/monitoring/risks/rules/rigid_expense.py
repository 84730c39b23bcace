"""刚性支出过大: expense nobody can avoid pushes a household above the income line under it."""

from functools import partial
from typing import Final

from services.monitoring.ledger.rules.income import format_span
from services.monitoring.risks.rules.forms import Threshold
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth, shares_known_income
from services.monitoring.risks.rules.parameters import (
    CLEAR_MARGIN_RATIO,
    INCOME_LINE,
    MIN_MONTHS,
    WINDOW_MONTHS,
    RuleParameters,
)
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import (
    Outcome,
    Reason,
    Verdict,
    grade_for,
    insufficient_income,
    undecided,
)
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.money import divide_half_up, format_yuan
from shared.words.said import says

_KIND: Final = RiskKind.RIGID_EXPENSE
_QUIET: Final = Verdict(_KIND, Outcome.CLEAR)
_KEYS: Final = frozenset({str(_KIND)})
_NEEDED: Final = (INCOME_LINE, WINDOW_MONTHS, MIN_MONTHS)


def judge_rigid_expense(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire when income is at or above the line, but below it after compliant self-paid expense 合规自付支出.

    An open risk stays until income after expense passes the line by the clearing margin, even if income itself has
    fallen below the line: the cause has not gone. Without any such expense there is no cause. Red when the expense
    exceeds the income, else orange. Needs `income_min_months` known months. Source:
    铜仁市“十四五”规划 第四章第一节 (突发严重困难户).
    """
    line, needed = parameters.line, parameters.min_months
    if line is None or needed is None or parameters.window_months is None:
        return undecided(_KIND, parameters, *_NEEDED)
    window = state.window
    if window.known < needed or not state.members:
        return insufficient_income(_KIND, state, parameters)
    pushed_under = not line.reached_by(window.net - window.self_paid, state.members)
    if open_risk is not None:
        return _judge_open(state, parameters, open_risk, line if pushed_under else parameters.line_to_clear)
    if pushed_under and line.reached_by(window.net, state.members):
        return _fires(state, parameters, None, line)
    return _QUIET


def _may_speak(figures: Figures, parameters: RuleParameters) -> Truth:
    line, window = parameters.line, figures.window
    assert line is not None, "the rule is decided"
    return (
        shares_known_income(figures, parameters)
        & line.reached_by(window.net, figures.members)
        & line.missed_by(window.net - window.self_paid, figures.members)
    )


QUIET_RIGID_EXPENSE: Final = Quiet(_may_speak, _NEEDED, shares_known_income)


def _judge_open(
    state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk, level: Threshold | None
) -> Verdict:
    """Judge an open risk, which stays while income after expense is below `level`."""
    window = state.window
    if not window.self_paid:
        return Verdict(_KIND, Outcome.CLEAR, explain=partial(_why_cleared, state, parameters))
    if level is None:
        return undecided(_KIND, parameters, *_NEEDED, CLEAR_MARGIN_RATIO)
    if level.reached_by(window.net - window.self_paid, state.members):
        return Verdict(_KIND, Outcome.CLEAR, explain=partial(_why_cleared, state, parameters))
    return _fires(state, parameters, open_risk, level)


def _fires(
    state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None, level: Threshold
) -> Verdict:
    """Fire because income after expense is below `level`: the line, or the level at which an open risk clears."""
    grade = grade_for(state.window.self_paid > state.window.net, open_risk)
    return Verdict(_KIND, Outcome.FIRES, grade, _KEYS, explain=partial(_why_fired, state, parameters, level, grade))


def _why_fired(
    state: HouseholdState, parameters: RuleParameters, level: Threshold, grade: RiskGrade
) -> tuple[Reason, ...]:
    if level is parameters.line:
        said, cited = says("rigid-expense"), parameters.cited(*_NEEDED)
    else:
        said, cited = says("rigid-expense-held"), parameters.cited(*_NEEDED, CLEAR_MARGIN_RATIO)
    inputs = _figures(state) | {
        "level": format_yuan(level.times(1)),
        "expense_exceeds_income": state.window.self_paid > state.window.net,
        "grade": grade.value,
    }
    return (Reason(_KIND, _KIND, (said,), inputs, cited),)


def _why_cleared(state: HouseholdState, parameters: RuleParameters) -> tuple[Reason, ...]:
    said = says("rigid-expense-cleared") if state.window.self_paid else says("no-rigid-expense")
    return (Reason(_KIND, _KIND, (said,), _figures(state), parameters.cited(*_NEEDED, CLEAR_MARGIN_RATIO)),)


def _figures(state: HouseholdState) -> dict[str, object]:
    window = state.window
    left = window.net - window.self_paid
    return {
        "window": format_span(window.first, window.anchor),
        "known_months": window.known,
        "members": state.members,
        "net_income": format_yuan(window.net),
        "compliant_self_paid": format_yuan(window.self_paid),
        "left": format_yuan(left),
        "per_head": format_yuan(divide_half_up(window.net, state.members)),
        "per_head_left": format_yuan(divide_half_up(left, state.members)),
    }
