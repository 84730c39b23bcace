"""Means of production 生产条件 of a household."""

from typing import ClassVar, Final, Literal

from pydantic import Field

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import ShortText, Statement
from services.monitoring.evidence.types import EvidenceType
from shared.quantities import Quantity

MEANS_KNOWN: Final = circumstances_of("means")
"""生产条件: what counts of them."""


class MeansPayload(Statement):
    """Land, way and tools that a household lives by."""

    arable_mu: Quantity = Field(description="耕地面积, in mu")
    forest_mu: Quantity = Field(description="林地面积, in mu")
    road_km: Quantity = Field(description="与村主干路距离, in kilometres")
    tools: list[ShortText] = Field(max_length=20, description="生产工具")


class MeansFact(CircumstanceFact):
    """A state 上报: 生产条件."""

    of: ClassVar[Kept[Circumstances]] = MEANS_KNOWN
    type: Literal["means"]
    payload: MeansPayload


MEANS: Final = EvidenceType(
    "means",
    fact=MeansFact,
    kept=(MEANS_KNOWN,),
)
