"""收入骤减: income fell sharply against the same months of the year before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Final

from services.monitoring.ledger.rules.income import MONTHS_IN_QUARTER, MONTHS_IN_YEAR, WindowSummary, format_span
from services.monitoring.risks.rules.forms import Threshold
from services.monitoring.risks.rules.glance import Figures, Number, Quiet, Truth
from services.monitoring.risks.rules.near_line import NEAR_LINE_KEYS, about_near_line, is_near_line
from services.monitoring.risks.rules.parameters import CLEAR_MARGIN_RATIO, DROP_RATIO, WINDOW_MONTHS, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import (
    Outcome,
    Reason,
    Verdict,
    format_percent,
    grade_for,
    missing_months_reason,
    undecided,
)
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.money import format_yuan
from shared.words.said import Said, says

YEAR: Final = "income_drop.year"
"""The window against the same window one year earlier."""

QUARTER: Final = "income_drop.quarter"
"""The last three whole months against the same three months of the year before."""

_KIND: Final = RiskKind.INCOME_DROP
_QUIET: Final = Verdict(_KIND, Outcome.CLEAR)
_NEEDED: Final = (DROP_RATIO, WINDOW_MONTHS)


class _Finding(Enum):
    QUIET = auto()
    DROPPED = auto()
    HELD = auto()
    """Not a drop any more, but still too close to one for the open risk that cites it to clear."""

    INCOMPLETE = auto()
    STOPPED = auto()
    """Whether it is held cannot be told without the clearing margin."""


def judge_income_drop(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire when either comparison shows a drop of at least `income_drop_ratio`; each needs every month it compares.

    An open risk clears when every comparison it cites is complete and quiet; a household without one is clear when
    both are. While one comparison fires, another that the risk cites stands until its months are known again. Red when
    the known window income per head is at most `near_line_ratio` above the line, else orange.
    """
    ratio = parameters.drop
    if ratio is None or parameters.window_months is None:
        return undecided(_KIND, parameters, *_NEEDED)
    window = state.window
    cited = () if open_risk is None else open_risk.rules
    year = quarter = _Finding.INCOMPLETE
    if window.year_is_complete():
        year = _compare(window.previous_net, window.net, ratio, parameters, cited=YEAR in cited)
    if window.quarter_is_complete():
        quarter = _compare(window.previous_quarter_net, window.quarter_net, ratio, parameters, cited=QUARTER in cited)
    if year is _Finding.QUIET and quarter is _Finding.QUIET:
        return _clear(state, parameters, open_risk)
    return _unquiet(state, parameters, open_risk, {YEAR: year, QUARTER: quarter})


def _may_speak(figures: Figures, parameters: RuleParameters) -> Truth:
    window = figures.window
    of_year = window.year_is_complete() & _dropped(window.previous_net, window.net, parameters)
    return of_year | (
        window.quarter_is_complete() & _dropped(window.previous_quarter_net, window.quarter_net, parameters)
    )


def _dropped(before: Number, now: Number, parameters: RuleParameters) -> Truth:
    assert parameters.drop is not None, "the rule is decided"
    return (before > 0) & parameters.drop.reached_by(before - now, before)


def _knows_all_months(figures: Figures, _: RuleParameters) -> Truth:
    """Whether both comparisons are complete: that of the year compares all the months that the quarter does."""
    return figures.window.year_is_complete()


QUIET_INCOME_DROP: Final = Quiet(_may_speak, _NEEDED, _knows_all_months)


def _compare(before: int, now: int, ratio: Threshold, parameters: RuleParameters, *, cited: bool) -> _Finding:
    """Judge one complete comparison; without an income to fall from there is no drop."""
    if before <= 0:
        return _Finding.QUIET
    if ratio.reached_by(before - now, before):
        return _Finding.DROPPED
    if not cited:
        return _Finding.QUIET
    if parameters.drop_to_clear is None:
        return _Finding.STOPPED
    return _Finding.HELD if parameters.drop_to_clear.reached_by(before - now, before) else _Finding.QUIET


def _clear(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    if open_risk is None:
        return _QUIET
    return Verdict(_KIND, Outcome.CLEAR, explain=partial(_why_cleared, state, parameters, open_risk))


def _unquiet(
    state: HouseholdState,
    parameters: RuleParameters,
    open_risk: LatestRisk | None,
    findings: Mapping[str, _Finding],
) -> Verdict:
    cited = frozenset[str]() if open_risk is None else open_risk.rules
    if _Finding.DROPPED in findings.values() or _Finding.HELD in findings.values():
        firing = {
            rule: found
            for rule, found in findings.items()
            if found in (_Finding.DROPPED, _Finding.HELD) or (rule in cited and found is not _Finding.QUIET)
        }
        return _fires(state, parameters, open_risk, firing)
    if _Finding.STOPPED in findings.values():
        return undecided(_KIND, parameters, *_NEEDED, CLEAR_MARGIN_RATIO)
    asked = cited or findings.keys()
    incomplete = [rule for rule in findings if rule in asked and findings[rule] is _Finding.INCOMPLETE]
    if not incomplete:
        return _clear(state, parameters, open_risk)
    missing = _missing_months(state.window, incomplete)
    why = partial(_why_insufficient, parameters, incomplete, missing)
    return Verdict(_KIND, Outcome.INSUFFICIENT_DATA, missing_months=missing, explain=why)


def _why_insufficient(
    parameters: RuleParameters, incomplete: Sequence[str], missing: tuple[int, ...]
) -> tuple[Reason, ...]:
    said = says("income-drop-incomplete", unknown=len(missing), comparisons=list(incomplete))
    return (missing_months_reason(_KIND, said, missing, parameters.cited(*_NEEDED)),)


def _missing_months(window: WindowSummary, incomplete: Sequence[str]) -> tuple[int, ...]:
    """Return the unknown months of the incomplete comparisons; those of the quarter are also among the year's."""
    return window.missing_for_year() if YEAR in incomplete else window.missing_for_quarter()


@dataclass(frozen=True, slots=True)
class _Comparison:
    span: str
    earlier_span: str
    now: int
    before: int

    @property
    def drop(self) -> str:
        return format_percent(self.before - self.now, self.before) if self.before > 0 else "0.00 %"

    def figures(self) -> dict[str, object]:
        return {
            "window": self.span,
            "compared_with": self.earlier_span,
            "net_income": format_yuan(self.now),
            "net_income_before": format_yuan(self.before),
            "drop": self.drop,
        }


def _comparison(window: WindowSummary, rule: str) -> _Comparison:
    of_year = rule == YEAR
    first = window.first if of_year else window.anchor - MONTHS_IN_QUARTER + 1
    return _Comparison(
        span=format_span(first, window.anchor),
        earlier_span=format_span(first - MONTHS_IN_YEAR, window.anchor - MONTHS_IN_YEAR),
        now=window.net if of_year else window.quarter_net,
        before=window.previous_net if of_year else window.previous_quarter_net,
    )


def _fires(
    state: HouseholdState,
    parameters: RuleParameters,
    open_risk: LatestRisk | None,
    firing: Mapping[str, _Finding],
) -> Verdict:
    near = is_near_line(state, parameters)
    grade = grade_for(near, open_risk)
    why = partial(_why_fired, state, parameters, firing, near, grade)
    return Verdict(_KIND, Outcome.FIRES, grade, frozenset(firing), explain=why)


def _why_fired(
    state: HouseholdState,
    parameters: RuleParameters,
    firing: Mapping[str, _Finding],
    near: bool | None,
    grade: RiskGrade,
) -> tuple[Reason, ...]:
    about_grade = about_near_line(state, parameters, near, grade)
    cited = (*_NEEDED, *NEAR_LINE_KEYS, CLEAR_MARGIN_RATIO)
    reasons = []
    for rule, found in firing.items():
        comparison = _comparison(state.window, rule)
        said = _say(parameters, found)
        keys = cited[:-1] if found is _Finding.DROPPED else cited
        reasons.append(Reason(rule, rule, (said,), comparison.figures() | about_grade, parameters.cited(*keys)))
    return tuple(reasons)


def _say(parameters: RuleParameters, found: _Finding) -> Said:
    if found is _Finding.INCOMPLETE:
        return says("income-drop-stands")
    if found is _Finding.DROPPED and parameters.drop is not None:
        return says("income-drop", raises_at=_percent(parameters.drop))
    if found is _Finding.HELD and parameters.drop_to_clear is not None:
        return says("income-drop-held", clears_below=_percent(parameters.drop_to_clear))
    return says("income-drop-without-margin")


def _percent(threshold: Threshold) -> str:
    return format_percent(threshold.numerator, threshold.denominator)


def _why_cleared(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk) -> tuple[Reason, ...]:
    reasons = []
    for rule in sorted(open_risk.rules):
        comparison = _comparison(state.window, rule)
        cited = parameters.cited(*_NEEDED, CLEAR_MARGIN_RATIO)
        reasons.append(Reason(rule, rule, (says("income-drop-cleared"),), comparison.figures(), cited))
    return tuple(reasons)
