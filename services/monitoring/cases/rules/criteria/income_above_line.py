"""收入超过监测范围."""

from services.monitoring.cases.rules.criteria.state import Criterion, EliminationState
from shared.codes.monitoring import EliminationCriterion


def income_above_line(state: EliminationState) -> Criterion:
    """Net income per head of the window before the day reaches the line.

    Source: 枞阳县, 弋江区 (安徽) 2024; rule 4_11_010 of the Guizhou exports.
    """
    figures = state.figures
    met, evidence = (None, {}) if figures is None else (figures.reaches_line(), figures.as_evidence())
    return Criterion(EliminationCriterion.INCOME_ABOVE_LINE, met, evidence)
