"""Drinking water 饮水 of a household."""

from typing import ClassVar, Final, Literal

from pydantic import Field

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.circumstances import WaterQuality, WaterSupply
from shared.codes.monitoring import RiskKind
from shared.findings import Finding
from shared.http.fields import Day
from shared.quantities import Quantity
from shared.words.said import says

WATER_KNOWN: Final = circumstances_of("water")
"""饮水: what counts of them."""


def _is_unsaid(supply: object) -> bool:
    """Whether it is left out of what is kept: so the same fact of an earlier release is still the same."""
    return supply is None


class WaterPayload(Statement):
    """How much water there is, how good, and how far away. What is not said is unknown."""

    litres_per_day: Quantity | None = Field(None, description="Litres for each person and day")
    distance_m: int | None = Field(None, strict=True, ge=0, le=100_000, description="Horizontal distance in metres")
    height_m: int | None = Field(None, strict=True, ge=0, le=10_000, description="Vertical distance in metres")
    minutes: int | None = Field(None, strict=True, ge=0, le=1440, description="Minutes to fetch it")
    quality: WaterQuality | None = None
    days_short: int | None = Field(None, strict=True, ge=0, le=366, description="Days of a year on which it is short")
    cut_since: Day | None = Field(None, description="The first day without water 断水")
    supply: WaterSupply | None = Field(None, exclude_if=_is_unsaid, description="How it comes to the house 供水方式")


class WaterFact(CircumstanceFact):
    """A state 上报: 饮水."""

    of: ClassVar[Kept[Circumstances]] = WATER_KNOWN
    type: Literal["water"]
    payload: WaterPayload

    def concerns(self) -> bool:
        """More is said than that it is good: which numbers fail is told by the policy. Or nothing is said at all."""
        said = self.payload
        numbers = (said.litres_per_day, said.distance_m, said.height_m, said.minutes, said.days_short, said.cut_since)
        return said.quality is not WaterQuality.GOOD or any(number is not None for number in numbers)

    def doubt(self) -> Finding | None:
        """Nobody observes a cut that has not begun."""
        cut_since = self.payload.cut_since
        if cut_since is not None and cut_since > self.observed_on:
            return Finding("/payload/cut_since", says("after-the-observation"))
        return super().doubt()


WATER: Final = EvidenceType(
    "water",
    fact=WaterFact,
    speaks_for=frozenset({RiskKind.UNSAFE_WATER}),
    kept=(WATER_KNOWN,),
)
