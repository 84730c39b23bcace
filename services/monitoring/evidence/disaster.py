"""Disaster 受灾 that hit a household."""

from typing import ClassVar, Final, Literal

from pydantic import StrictBool

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.circumstances import DisasterKind
from shared.codes.monitoring import RiskKind
from shared.money import Yuan

DISASTER_KNOWN: Final = circumstances_of("disaster")
"""受灾: what counts of them."""


class DisasterPayload(Statement):
    """A natural disaster and what it cost."""

    sub_kind: DisasterKind
    loss: Yuan
    house_damaged: StrictBool


class DisasterFact(CircumstanceFact):
    """An event 上报: 受灾."""

    of: ClassVar[Kept[Circumstances]] = DISASTER_KNOWN
    type: Literal["disaster"]
    payload: DisasterPayload

    def concerns(self) -> bool:
        """A household was hit."""
        return True


DISASTER: Final = EvidenceType(
    "disaster",
    fact=DisasterFact,
    speaks_for=frozenset({RiskKind.DISASTER}),
    kept=(DISASTER_KNOWN,),
)
