"""Triggers: what set a judgement off. One of them explains, as its clue 线索, what became of a risk."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from services.monitoring.evidence.table import speaks_for
from shared.codes.monitoring import ClueType, IncidentKind, RiskKind
from shared.context import Context
from shared.contracts.monitoring import Clue


class Trigger(NamedTuple):
    """What set the judgement of a household off, and in which chain."""

    type: str
    context: Context
    fact_id: UUID | None = None
    about: str | None = None
    """What it changed, where that is something else than what it is: the type of the fact that a withdrawal names."""

    @property
    def clue(self) -> Clue:
        """What the other houses hear of it."""
        return Clue(type=self.type, fact_id=self.fact_id)

    def weighs_for(self, kind: RiskKind) -> bool:
        """Whether it speaks for a kind of risk before all others."""
        return speaks_for(self.about or self.type, kind)


_OF_ALL: Final[Mapping[str, IncidentKind]] = {
    ClueType.SCREENING: IncidentKind.SCREENING,
    ClueType.ROLL: IncidentKind.ROLL,
}


def flood_of(kind: RiskKind, trigger: Trigger, release_kinds: Collection[RiskKind]) -> IncidentKind | None:
    """What a risk that was raised counts for where many come at once; None where each is told of at once."""
    of_all = _OF_ALL.get(trigger.type)
    if of_all is not None:
        return of_all
    return IncidentKind.read(kind) if kind in release_kinds else None


def trigger_for(kind: RiskKind, triggers: Sequence[Trigger]) -> Trigger:
    """Which of the triggers that came in, the last one at the end, explains what became of this kind of risk.

    The last one of a type that speaks for it; where there is none, the last one.
    """
    return next((trigger for trigger in reversed(triggers) if trigger.weighs_for(kind)), triggers[-1])
