"""What the rules see of facts: diagnoses, the loss of work, and single facts with their weight."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

from shared.codes.employment import PlacementEndReason

NO_MEMBER: Final = 0
"""Key for what was reported of the household without naming a member; members are numbered from 1."""

NOBODY: Final = UUID(int=0)
"""Stands for the person where a fact names no member."""


@lru_cache(maxsize=2**12)
def normalise_code(code: str) -> str:
    """Return a diagnosis code 疾病编码 (ICD-10) as capitals and digits only: `c34.9`, also full-width, is `C349`."""
    plain = code if code.isascii() else unicodedata.normalize("NFKC", code)
    return "".join(filter(str.isalnum, plain.upper()))


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One illness fact that counts 疾病诊断."""

    member_no: int | None
    code: str
    """As the source wrote it."""

    serious: bool
    """The source itself calls it a serious illness 大病."""

    main_earner: bool
    """The source names the member a main earner 主要劳动力 of the household."""

    observed_on: date


@dataclass(frozen=True, slots=True)
class JobLoss:
    """The last loss of work 失业 that left a household without anybody placed in work."""

    placement_id: UUID
    """The placement that ended."""

    lost_on: date
    """Its last day."""

    reason: PlacementEndReason
    regained_placement_id: UUID | None = None
    """The placement that began since and ended the loss."""

    regained_on: date | None = None
    """Its first day."""

    @property
    def stands(self) -> bool:
        """Whether nobody of the household was placed in work again."""
        return self.regained_placement_id is None

    @property
    def day(self) -> date:
        """The day it is about: of the loss, or of the work found since."""
        return self.regained_on or self.lost_on

    def as_of(self, day: date) -> "JobLoss | None":
        """The loss as it was known on `day`: none before it, and standing while the new work had not begun."""
        if self.lost_on > day:
            return None
        if self.regained_on is not None and self.regained_on > day:
            return JobLoss(self.placement_id, self.lost_on, self.reason)
        return self


class FactEvidence(NamedTuple):
    """A fact that counts, and how much it weighs; money is fen."""

    fact_ids: tuple[str, ...]
    """The fact, then those it corrected, the newest first."""
    member_no: int
    """`NO_MEMBER` where none was named."""
    month: int | None = None
    """Of an expense."""
    self_paid_medical: int = 0
    self_paid_compliant: int = 0
    diagnosis: Diagnosis | None = None
    """Of an illness of a member not named: two of them may be two people."""
