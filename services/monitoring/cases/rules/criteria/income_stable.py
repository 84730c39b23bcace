"""收入持续稳定."""

from services.monitoring.cases.rules.criteria.state import Criterion, EliminationState
from shared.codes.monitoring import EliminationCriterion


def income_stable(state: EliminationState) -> Criterion:
    """The window half a year ago reached its line, too.

    Source: 枞阳县, 弋江区 (安徽) 2024: 收入持续稳定, 原则上不得低于半年.
    """
    earlier = state.earlier
    met, evidence = (None, {}) if earlier is None else (earlier.reaches_line(), earlier.as_evidence())
    return Criterion(EliminationCriterion.INCOME_STABLE, met, evidence)
