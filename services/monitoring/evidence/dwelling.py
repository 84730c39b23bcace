"""Dwelling 住房 of a household."""

from typing import ClassVar, Final, Literal

from pydantic import Field, StrictBool

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import ShortText, Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.circumstances import DwellingGrade
from shared.codes.monitoring import RiskKind

DWELLING_KNOWN: Final = circumstances_of("dwelling")
"""住房: what counts of them."""
UNSAFE_GRADES: Final = frozenset({DwellingGrade.C, DwellingGrade.D})
"""危房."""


class DwellingPayload(Statement):
    """How safe the house is that the household lives in."""

    grade: DwellingGrade
    only_home: StrictBool = Field(description="唯一住房")
    checked_by: ShortText = Field(description="Who graded it 鉴定单位")


class DwellingFact(CircumstanceFact):
    """A state 上报: 住房."""

    of: ClassVar[Kept[Circumstances]] = DWELLING_KNOWN
    type: Literal["dwelling"]
    payload: DwellingPayload

    def concerns(self) -> bool:
        """The house is not safe."""
        return self.payload.grade in UNSAFE_GRADES


DWELLING: Final = EvidenceType(
    "dwelling",
    fact=DwellingFact,
    speaks_for=frozenset({RiskKind.UNSAFE_HOUSING}),
    kept=(DWELLING_KNOWN,),
)
