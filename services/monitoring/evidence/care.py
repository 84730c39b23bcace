"""Need of care 失能 of a member."""

from typing import ClassVar, Final, Literal

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement
from services.monitoring.evidence.types import EvidenceType, always
from shared.codes.circumstances import CareLevel

CARE_KNOWN: Final = circumstances_of("care")
"""失能: what counts of them."""


class CarePayload(Statement):
    """How far a member can look after itself."""

    level: CareLevel


class CareFact(CircumstanceFact):
    """A state 上报: 失能."""

    of: ClassVar[Kept[Circumstances]] = CARE_KNOWN
    needs_member: ClassVar[bool] = True
    type: Literal["care"]
    payload: CarePayload


CARE: Final = EvidenceType(
    "care",
    fact=CareFact,
    kept=(CARE_KNOWN,),
    tells_of_health=always,
    shown_of_health=frozenset(()),
)
