"""临近监测范围: whether a household is so near the income line that an alarm of another kind is red."""

from typing import Final

from services.monitoring.risks.rules.parameters import INCOME_LINE, MIN_MONTHS, NEAR_LINE_RATIO, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState
from shared.codes.monitoring import RiskGrade
from shared.money import format_yuan

NEAR_LINE_KEYS: Final = (INCOME_LINE, NEAR_LINE_RATIO, MIN_MONTHS)
"""What the policy has to say before a household can be called near the line."""


def is_near_line(state: HouseholdState, parameters: RuleParameters) -> bool | None:
    """Whether window income per head is at most near above the line; None when line or months do not tell."""
    nearby, needed = parameters.line_nearby, parameters.min_months
    if nearby is None or needed is None or not state.members or state.window.known < needed:
        return None
    return not nearby.exceeded_by(state.window.net, state.members)


def about_near_line(
    state: HouseholdState, parameters: RuleParameters, near: bool | None, grade: RiskGrade
) -> dict[str, object]:
    """Return the figures behind the grade of an alarm that is red near the line, and what it lacks."""
    about: dict[str, object] = {"members": state.members, "grade": grade.value, "near_line": near}
    lacking = parameters.lacking(*NEAR_LINE_KEYS)
    if lacking:
        about["grade_lacks"] = list(lacking)
    elif near is None:
        about["grade_lacks"] = ["known months of the window"]
    if parameters.line_nearby is not None:
        about["near_line_up_to"] = format_yuan(parameters.line_nearby.times(1))
    return about
