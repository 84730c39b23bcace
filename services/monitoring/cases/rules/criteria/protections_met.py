"""三保障和饮水安全持续巩固."""

from typing import Final

from services.monitoring.cases.rules.criteria.state import Criterion, EliminationState
from shared.codes.circumstances import ProtectionStatus
from shared.codes.monitoring import EliminationCriterion

_GOOD: Final = frozenset({ProtectionStatus.MET, ProtectionStatus.NOT_APPLICABLE})


def protections_met(state: EliminationState) -> Criterion:
    """All four are met or not applicable. One unmet is unmet, else one unknown is unknown.

    Source: 枞阳县, 弋江区 (安徽) 2024; 海南省 2021-12: not while 两不愁三保障 is unsolved.
    """
    statuses = set(state.protections.values())
    evidence = {protection.value: status.value for protection, status in state.protections.items()}
    met = None if ProtectionStatus.UNKNOWN in statuses or not statuses else statuses <= _GOOD
    return Criterion(
        EliminationCriterion.PROTECTIONS_MET, False if ProtectionStatus.UNMET in statuses else met, evidence
    )
