"""Production 产业 that went wrong."""

from typing import ClassVar, Final, Literal

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.circumstances import ProductionKind, ProductionOutcome
from shared.codes.monitoring import RiskKind
from shared.money import Yuan

PRODUCTION_KNOWN: Final = circumstances_of("production")
"""产业: what counts of them."""


class ProductionPayload(Statement):
    """What a household produces, how it went wrong, and what that cost."""

    kind: ProductionKind
    outcome: ProductionOutcome
    loss: Yuan


class ProductionFact(CircumstanceFact):
    """An event 上报: 产业."""

    of: ClassVar[Kept[Circumstances]] = PRODUCTION_KNOWN
    type: Literal["production"]
    payload: ProductionPayload

    def concerns(self) -> bool:
        """Production went wrong."""
        return True


PRODUCTION: Final = EvidenceType(
    "production",
    fact=ProductionFact,
    speaks_for=frozenset({RiskKind.PRODUCTION_FAILURE}),
    kept=(PRODUCTION_KNOWN,),
)
