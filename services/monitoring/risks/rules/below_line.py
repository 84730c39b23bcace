"""收入低于监测线: net income per head in the window is below the income line of the decision date."""

from collections.abc import Callable
from functools import partial
from typing import Final

from services.monitoring.evidence.illness import DIAGNOSES
from services.monitoring.ledger.rules.income import format_span
from services.monitoring.risks.rules.forms import Threshold
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth, shares_known_income
from services.monitoring.risks.rules.new_illness import is_serious
from services.monitoring.risks.rules.parameters import (
    CLEAR_MARGIN_RATIO,
    INCOME_LINE,
    MIN_MONTHS,
    SERIOUS_ILLNESSES,
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

_KIND: Final = RiskKind.BELOW_LINE
_QUIET: Final = Verdict(_KIND, Outcome.CLEAR)
_KEYS: Final = frozenset({str(_KIND)})
_NEEDED: Final = (INCOME_LINE, WINDOW_MONTHS, MIN_MONTHS)


def judge_below_line(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while net income per head 人均纯收入 is below the line 监测范围; an open risk also stays near above it.

    Red when nobody can work, a member is seriously ill or severely disabled, or a diagnosis counts as serious; else
    orange. Needs `income_min_months` known months of the window. Source:
    铜仁市“十四五”规划 第五章第二节.
    """
    line, needed = parameters.line, parameters.min_months
    if line is None or needed is None or parameters.window_months is None:
        return undecided(_KIND, parameters, *_NEEDED)
    window = state.window
    if window.known < needed or not state.members:
        return insufficient_income(_KIND, state, parameters)
    if not line.reached_by(window.net, state.members):
        return _fires(state, parameters, open_risk, partial(_why_below, line))
    return _QUIET if open_risk is None else _judge_open(state, parameters, open_risk, line)


def _may_speak(figures: Figures, parameters: RuleParameters) -> Truth:
    line = parameters.line
    assert line is not None, "the rule is decided"
    return shares_known_income(figures, parameters) & line.missed_by(figures.window.net, figures.members)


QUIET_BELOW_LINE: Final = Quiet(_may_speak, _NEEDED, shares_known_income)


def _judge_open(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk, line: Threshold) -> Verdict:
    """Judge an open risk whose household has reached the line."""
    to_clear = parameters.line_to_clear
    if to_clear is None:
        return undecided(_KIND, parameters, *_NEEDED, CLEAR_MARGIN_RATIO)
    if to_clear.reached_by(state.window.net, state.members):
        return Verdict(_KIND, Outcome.CLEAR, explain=partial(_why_cleared, state, parameters, to_clear))
    return _fires(state, parameters, open_risk, partial(_why_held, line, to_clear))


def _fires(
    state: HouseholdState,
    parameters: RuleParameters,
    open_risk: LatestRisk | None,
    why: Callable[[HouseholdState, RuleParameters, RiskGrade], Reason],
) -> Verdict:
    red: bool | None = state.able_workers == 0 or state.fragile_members > 0
    if not red and state.sees(DIAGNOSES):
        serious = _seriousness(state, parameters)
        red = any(serious) or (None if None in serious else False)
    grade = grade_for(red, open_risk)
    return Verdict(_KIND, Outcome.FIRES, grade, _KEYS, explain=lambda: (why(state, parameters, grade),))


def _seriousness(state: HouseholdState, parameters: RuleParameters) -> list[bool | None]:
    return [is_serious(diagnosis, parameters) for diagnosis in state.sees(DIAGNOSES)]


def _why_below(line: Threshold, state: HouseholdState, parameters: RuleParameters, grade: RiskGrade) -> Reason:
    figures, amount = _figures(state), format_yuan(line.times(1))
    shortfall = format_yuan(line.times(state.members) - state.window.net)
    inputs = figures | {"line": amount, "shortfall": shortfall} | _about_grade(state, parameters, grade)
    return Reason(_KIND, _KIND, (says("below-line"),), inputs, parameters.cited(*_NEEDED))


def _why_held(
    line: Threshold, to_clear: Threshold, state: HouseholdState, parameters: RuleParameters, grade: RiskGrade
) -> Reason:
    amount, level = format_yuan(line.times(1)), format_yuan(to_clear.times(1))
    inputs = _figures(state) | {"line": amount, "line_to_clear": level} | _about_grade(state, parameters, grade)
    return Reason(_KIND, _KIND, (says("below-line-held"),), inputs, parameters.cited(*_NEEDED, CLEAR_MARGIN_RATIO))


def _why_cleared(state: HouseholdState, parameters: RuleParameters, to_clear: Threshold) -> tuple[Reason, ...]:
    inputs = _figures(state) | {"line_to_clear": format_yuan(to_clear.times(1))}
    cited = parameters.cited(*_NEEDED, CLEAR_MARGIN_RATIO)
    return (Reason(_KIND, _KIND, (says("below-line-cleared"),), inputs, cited),)


def _about_grade(state: HouseholdState, parameters: RuleParameters, grade: RiskGrade) -> dict[str, object]:
    serious = _seriousness(state, parameters)
    causes = {
        "no_able_worker": state.able_workers == 0,
        "fragile_member": state.fragile_members > 0,
        "serious_diagnosis": any(serious),
    }
    about: dict[str, object] = {
        "able_workers": state.able_workers,
        "fragile_members": state.fragile_members,
        "serious_diagnoses": serious.count(True),
        "grade": grade.value,
        "red_because": [cause for cause, holds in causes.items() if holds],
    }
    if None in serious:
        about["grade_lacks"] = list(parameters.lacking(SERIOUS_ILLNESSES))
    return about


def _figures(state: HouseholdState) -> dict[str, object]:
    window = state.window
    return {
        "window": format_span(window.first, window.anchor),
        "known_months": window.known,
        "members": state.members,
        "net_income": format_yuan(window.net),
        "per_head": format_yuan(divide_half_up(window.net, state.members)),
    }
