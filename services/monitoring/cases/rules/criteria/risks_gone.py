"""返贫致贫风险稳定消除."""

from services.monitoring.cases.rules.criteria.state import Criterion, EliminationState
from shared.codes.monitoring import EliminationCriterion


def risks_gone(state: EliminationState) -> Criterion:
    """No risk of the household is open.

    Source: 枞阳县, 弋江区 (安徽) 2024; 秦安县 (甘肃): no new risk.
    """
    evidence = {"open": [kind.value for kind in state.open_risks]}
    return Criterion(EliminationCriterion.RISKS_GONE, not state.open_risks, evidence)
