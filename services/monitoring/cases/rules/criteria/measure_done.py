"""已落实帮扶措施."""

from services.monitoring.cases.rules.criteria.state import Criterion, EliminationState
from shared.codes.monitoring import EliminationCriterion, EliminationManner


def measure_done(state: EliminationState) -> Criterion:
    """A measure was completed since the case of the admission was opened; not asked where the risk went by itself.

    Source: 枞阳县, 弋江区 (安徽) 2024: at least one measure carried out for the risk, natural ends excepted.
    """
    day = state.measure_done_on
    evidence = {"completed_on": day and day.isoformat(), "manner": state.manner and state.manner.value}
    met = state.manner is EliminationManner.NATURAL or day is not None
    return Criterion(EliminationCriterion.MEASURE_DONE, met, evidence)
