"""纳入满半年."""

from services.monitoring.cases.rules.criteria.state import Criterion, EliminationState
from shared.codes.monitoring import EliminationCriterion
from shared.months import months_later


def half_year(state: EliminationState) -> Criterion:
    """So many months are over since the county admitted the household.

    Source: 枞阳县, 弋江区 (安徽) 2024 (半年); rule 2_11_002 of the Guizhou exports.
    """
    first = months_later(state.admitted_on, state.months)
    evidence = {"admitted_on": state.admitted_on.isoformat(), "not_before": first.isoformat()}
    return Criterion(EliminationCriterion.HALF_YEAR, state.on >= first, evidence)
