"""Disability 残疾 of a member."""

from typing import ClassVar, Final, Literal

from pydantic import Field

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement
from services.monitoring.evidence.types import EvidenceType, always
from shared.codes.circumstances import DisabilityKind
from shared.codes.monitoring import RiskKind

DISABILITY_KNOWN: Final = circumstances_of("disability")
"""残疾: what counts of them."""


class DisabilityPayload(Statement):
    """The disability that a member is certified."""

    kind: DisabilityKind
    grade: int = Field(strict=True, ge=1, le=4, description="残疾等级: 1 is the gravest")


class DisabilityFact(CircumstanceFact):
    """A state 上报: 残疾."""

    of: ClassVar[Kept[Circumstances]] = DISABILITY_KNOWN
    needs_member: ClassVar[bool] = True
    type: Literal["disability"]
    payload: DisabilityPayload

    def concerns(self) -> bool:
        """Every certificate may be the first."""
        return True


DISABILITY: Final = EvidenceType(
    "disability",
    fact=DisabilityFact,
    speaks_for=frozenset({RiskKind.DISABILITY}),
    kept=(DISABILITY_KNOWN,),
    tells_of_health=always,
    shown_of_health=frozenset(()),
)
