"""Social relief 救助 of a household or a member."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.circumstances import ReliefScheme, ReliefStatus
from shared.codes.monitoring import RiskKind

RELIEF_KNOWN: Final = circumstances_of("relief", seen_of_concern=False)
"""救助: what counts of them."""


class ReliefPayload(Statement):
    """Which relief is granted, or has ended."""

    scheme: ReliefScheme
    status: ReliefStatus


class ReliefFact(CircumstanceFact):
    """A state 上报: 救助."""

    of: ClassVar[Kept[Circumstances]] = RELIEF_KNOWN
    type: Literal["relief"]
    payload: ReliefPayload

    def concerns(self) -> bool:
        """Relief has ended."""
        return self.payload.status is ReliefStatus.ENDED


_FOR_THE_DISABLED: Final = frozenset({ReliefScheme.DISABILITY_LIVING, ReliefScheme.DISABILITY_CARE})


def _tells_of_health(payload: Mapping[str, Any]) -> bool:
    return payload.get("scheme") in _FOR_THE_DISABLED


RELIEF: Final = EvidenceType(
    "relief",
    fact=ReliefFact,
    speaks_for=frozenset({RiskKind.RELIEF_ENDED}),
    kept=(RELIEF_KNOWN,),
    tells_of_health=_tells_of_health,
    shown_of_health=frozenset({"status"}),
)
