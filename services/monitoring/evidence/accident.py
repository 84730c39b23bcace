"""Accident 意外 of a member."""

from typing import ClassVar, Final, Literal

from pydantic import Field, StrictBool

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement
from services.monitoring.evidence.types import EvidenceType, always
from shared.codes.circumstances import AccidentEffect, AccidentKind
from shared.codes.monitoring import RiskKind

ACCIDENT_KNOWN: Final = circumstances_of("accident")
"""意外: what counts of them."""


class AccidentPayload(Statement):
    """An accident, and what it did to the member."""

    kind: AccidentKind
    effect: AccidentEffect
    main_earner: StrictBool = Field(description="The member is a main earner of the household 主要劳动力")


class AccidentFact(CircumstanceFact):
    """An event 上报: 意外."""

    of: ClassVar[Kept[Circumstances]] = ACCIDENT_KNOWN
    needs_member: ClassVar[bool] = True
    type: Literal["accident"]
    payload: AccidentPayload

    def concerns(self) -> bool:
        """A member came to harm."""
        return True

    def cause_named(self) -> str | None:
        """An epidemic is a cause where the policy says so."""
        return self.payload.kind if self.payload.kind is AccidentKind.EPIDEMIC else None


ACCIDENT: Final = EvidenceType(
    "accident",
    fact=AccidentFact,
    speaks_for=frozenset({RiskKind.ACCIDENT}),
    kept=(ACCIDENT_KNOWN,),
    tells_of_health=always,
    shown_of_health=frozenset({"kind"}),
)
