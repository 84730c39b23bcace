"""What the rules are asked about: one household as it stands on the day of the decision."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

from services.monitoring.ledger.rules import WindowSummary
from shared.contracts.codes import HouseholdCategory, PlacementEndReason, RiskGrade, RiskKind, RiskStatus

NO_MEMBER: Final = 0
"""Key for what was reported of the household without naming a member; members are numbered from 1."""


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
    def told_on(self) -> date:
        """The day it is about: of the loss, or of the work found since."""
        return self.regained_on or self.lost_on

    def as_of(self, day: date) -> "JobLoss | None":
        """The loss as it was known on `day`: none before it, and standing while the new work had not begun."""
        if self.lost_on > day:
            return None
        if self.regained_on is not None and self.regained_on > day:
            return JobLoss(self.placement_id, self.lost_on, self.reason)
        return self


@dataclass(slots=True)
class HouseholdState:
    """One household on the day of the decision; money is fen.

    A value: nobody changes one after making it, for verdicts refer to it. Not frozen, because that costs more to make
    than the rules cost to run.
    """

    category: HouseholdCategory
    members: int
    able_workers: int
    """Members with ordinary, skilled or weak labour 有劳动能力."""

    fragile_members: int
    """Members seriously ill or severely disabled 患有大病或重度残疾."""

    window: WindowSummary
    diagnoses: tuple[Diagnosis, ...] = ()
    medical_by_member: Mapping[int, int] = field(default_factory=dict)
    """Self-paid medical cost in the window by member number; `NO_MEMBER` for cost without a named member."""

    job_loss: JobLoss | None = None
    """The last loss of work, also one that ended; None where there never was one."""


class LatestRisk(NamedTuple):
    """The latest episode of one kind of risk in one household, open or cleared."""

    kind: RiskKind
    status: RiskStatus
    grade: RiskGrade
    episode: int
    keys: frozenset[str]
    """Keys of the reasons that hold an open risk open; none when cleared."""

    @property
    def is_open(self) -> bool:
        """Whether the risk is open."""
        return self.status is RiskStatus.OPEN

    @property
    def rules(self) -> frozenset[str]:
        """Codes of the rules that hold the risk open."""
        return frozenset(key.partition(":")[0] for key in self.keys)
