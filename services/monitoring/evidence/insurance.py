"""Social insurance 参保 of a member."""

from collections.abc import Iterable
from typing import ClassVar, Final, Literal

from pydantic import Field

from services.monitoring.evidence.circumstances import (
    Circumstance,
    CircumstanceFact,
    Circumstances,
    circumstances_of,
)
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement, Year
from services.monitoring.evidence.types import EvidenceType
from shared.codes.circumstances import InsurancePayer, InsuranceScheme, InsuranceStatus
from shared.codes.monitoring import RiskKind

INSURANCE_KNOWN: Final = circumstances_of("insurance")
"""参保: what counts of them."""


def of_year(said: Iterable[Circumstance], year: int) -> list[Circumstance]:
    """What is said of a year of insurance 参保年度: each year is a matter of its own."""
    return [one for one in said if one.said["year"] == year]


class InsurancePayload(Statement):
    """Whether a member is insured in a year. Source: 社会保险基础数据库."""

    scheme: InsuranceScheme
    year: Year = Field(description="The year of insurance 参保年度")
    status: InsuranceStatus
    paid_by: InsurancePayer | None = None


class InsuranceFact(CircumstanceFact):
    """A state 上报: 参保."""

    of: ClassVar[Kept[Circumstances]] = INSURANCE_KNOWN
    needs_member: ClassVar[bool] = True
    type: Literal["insurance"]
    payload: InsurancePayload

    def concerns(self) -> bool:
        """Somebody is uninsured."""
        return self.payload.status is InsuranceStatus.UNINSURED


INSURANCE: Final = EvidenceType(
    "insurance",
    fact=InsuranceFact,
    speaks_for=frozenset({RiskKind.UNINSURED}),
    kept=(INSURANCE_KNOWN,),
)
