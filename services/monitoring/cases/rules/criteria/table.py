"""All criteria, in the order in which they are shown."""

from collections.abc import Callable, Sequence
from typing import Final

from services.monitoring.cases.rules.criteria.expense_settled import expense_settled
from services.monitoring.cases.rules.criteria.half_year import half_year
from services.monitoring.cases.rules.criteria.income_above_line import income_above_line
from services.monitoring.cases.rules.criteria.income_stable import income_stable
from services.monitoring.cases.rules.criteria.measure_done import measure_done
from services.monitoring.cases.rules.criteria.protections_met import protections_met
from services.monitoring.cases.rules.criteria.risks_gone import risks_gone
from services.monitoring.cases.rules.criteria.state import Criterion, EliminationState

CRITERIA: Final[Sequence[Callable[[EliminationState], Criterion]]] = (
    half_year,
    measure_done,
    income_above_line,
    income_stable,
    expense_settled,
    protections_met,
    risks_gone,
)


def judge_criteria(state: EliminationState) -> list[Criterion]:
    """Every criterion about a household on a day."""
    return [criterion(state) for criterion in CRITERIA]
