"""Schooling 就学 of a member."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from services.monitoring.evidence.circumstances import (
    Circumstance,
    CircumstanceFact,
    Circumstances,
    circumstances_of,
)
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import ShortText, Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.circumstances import OutOfSchoolReason, SchoolingEvent, SchoolStage
from shared.codes.monitoring import RiskKind

SCHOOLING_KNOWN: Final = circumstances_of("schooling")
"""就学: what counts of them."""
OUT_OF_SCHOOL: Final = frozenset({SchoolingEvent.DROPPED_OUT, SchoolingEvent.NOT_ENROLLED})
"""失学辍学: what a member of compulsory age must not be."""


def that_change(said: Iterable[Circumstance]) -> list[Circumstance]:
    """What changes a state of schooling: a visit to persuade 劝返 does not."""
    return [one for one in said if one.said["event"] != SchoolingEvent.PERSUASION_VISIT]


class SchoolingPayload(Statement):
    """What happened to the schooling of a member, and at which stage."""

    event: SchoolingEvent
    stage: SchoolStage
    school_code: ShortText | None = Field(None, description="学校标识码")
    reason: OutOfSchoolReason | None = None


class SchoolingFact(CircumstanceFact):
    """A state 上报: 就学."""

    of: ClassVar[Kept[Circumstances]] = SCHOOLING_KNOWN
    needs_member: ClassVar[bool] = True
    type: Literal["schooling"]
    payload: SchoolingPayload

    def concerns(self) -> bool:
        """Somebody is out of school."""
        return self.payload.event in OUT_OF_SCHOOL


def _tells_of_health(payload: Mapping[str, Any]) -> bool:
    return bool(payload.get("event") == SchoolingEvent.EXEMPT or payload.get("reason") == OutOfSchoolReason.HEALTH)


SCHOOLING: Final = EvidenceType(
    "schooling",
    fact=SchoolingFact,
    speaks_for=frozenset({RiskKind.DROPOUT}),
    kept=(SCHOOLING_KNOWN,),
    asks_who=True,
    tells_of_health=_tells_of_health,
    shown_of_health=frozenset({"stage"}),
)
