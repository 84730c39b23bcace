"""Loss of work 失业, as the placements of another house tell it. No source reports it as a fact."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.kept import AsOf, Kept
from services.monitoring.evidence.types import EvidenceType
from services.monitoring.models import placements
from shared.codes.employment import PlacementEndReason
from shared.codes.monitoring import RiskKind
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading


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


_LOSSES = table_of(placements.JobLoss)
_SELECT_JOB_LOSSES = sa.select(_LOSSES.c.household_code, *(_LOSSES.c[item.name] for item in fields(JobLoss))).where(
    is_one_of(_LOSSES.c.household_code, "codes")
)


def load_job_losses(reading: Reading, codes: Collection[str]) -> Mapping[str, JobLoss]:
    """The last loss of work of each of these households that had one."""
    rows = reading.connection.execute(_SELECT_JOB_LOSSES, {"codes": list(codes)})
    return {code: JobLoss(*loss) for code, *loss in rows}


def _load_known(reading: Reading, codes: Sequence[str], as_of: AsOf) -> Mapping[str, JobLoss | None]:
    return {code: loss.as_of(as_of.on) for code, loss in load_job_losses(reading, codes).items()}


JOB_LOSSES: Final[Kept[JobLoss | None]] = Kept(_LOSSES, nothing=None, load=_load_known)
"""The last loss of work, also one that ended; None where there never was one."""

JOB_LOSS: Final = EvidenceType(
    "job_loss", clue="placement", speaks_for=frozenset({RiskKind.JOB_LOSS}), kept=(JOB_LOSSES,)
)
