"""Work 务工 of a member."""

from typing import ClassVar, Final, Literal

from pydantic import Field, StrictBool

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import DivisionCode, Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.circumstances import WorkChannel, WorkStatus
from shared.codes.monitoring import RiskKind

WORK_KNOWN: Final = circumstances_of("work")
"""务工: what counts of them."""


class WorkPayload(Statement):
    """Whether a member works, and where."""

    status: WorkStatus
    willing: StrictBool = Field(description="就业意愿: wants to work")
    place_code: DivisionCode | None = Field(None, description="Where: the county 务工地")
    channel: WorkChannel | None = None


class WorkFact(CircumstanceFact):
    """A state 上报: 务工."""

    of: ClassVar[Kept[Circumstances]] = WORK_KNOWN
    needs_member: ClassVar[bool] = True
    type: Literal["work"]
    payload: WorkPayload

    def concerns(self) -> bool:
        """Somebody has no work and wants it."""
        return self.payload.status is WorkStatus.JOBLESS and self.payload.willing


WORK: Final = EvidenceType(
    "work",
    fact=WorkFact,
    speaks_for=frozenset({RiskKind.ZERO_JOB}),
    kept=(WORK_KNOWN,),
    asks_who=True,
)
