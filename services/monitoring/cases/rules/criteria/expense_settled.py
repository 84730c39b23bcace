"""刚性支出稳定解决."""

from services.monitoring.cases.rules.criteria.state import Criterion, EliminationState
from shared.codes.monitoring import EliminationCriterion


def expense_settled(state: EliminationState) -> Criterion:
    """Income per head less compliant self-paid expense reaches the line.

    Source: 枞阳县, 弋江区 (安徽) 2024: 大额刚性支出稳定解决.
    """
    figures = state.figures
    met, evidence = (None, {}) if figures is None else (figures.reference_reaches_line(), figures.as_evidence())
    return Criterion(EliminationCriterion.EXPENSE_SETTLED, met, evidence)
