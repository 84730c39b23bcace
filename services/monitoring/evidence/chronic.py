"""Chronic disease 慢病 of a member, and the contract of its care."""

from typing import ClassVar, Final, Literal

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement
from services.monitoring.evidence.types import EvidenceType, always
from shared.codes.circumstances import CareContract, ChronicDisease

CHRONIC_KNOWN: Final = circumstances_of("chronic")
"""慢病签约: what counts of them."""


class ChronicPayload(Statement):
    """One of the four chronic diseases, and whether a family doctor has it under contract."""

    disease: ChronicDisease
    contract: CareContract


class ChronicFact(CircumstanceFact):
    """A state 上报: 慢病签约."""

    of: ClassVar[Kept[Circumstances]] = CHRONIC_KNOWN
    needs_member: ClassVar[bool] = True
    type: Literal["chronic"]
    payload: ChronicPayload


CHRONIC: Final = EvidenceType(
    "chronic",
    fact=ChronicFact,
    kept=(CHRONIC_KNOWN,),
    tells_of_health=always,
    shown_of_health=frozenset(()),
)
