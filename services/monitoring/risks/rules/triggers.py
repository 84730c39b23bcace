"""Which of the things that came in about a household explains what became of a risk."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from shared.context import Context
from shared.contracts.codes import RiskKind
from shared.contracts.monitoring import Clue

_WEIGHED: Final[Mapping[RiskKind, frozenset[str]]] = {
    RiskKind.BELOW_LINE: frozenset({"income"}),
    RiskKind.INCOME_DROP: frozenset({"income"}),
    RiskKind.RIGID_EXPENSE: frozenset({"income", "expense"}),
    RiskKind.NEW_ILLNESS: frozenset({"illness", "expense"}),
    RiskKind.JOB_LOSS: frozenset({"placement"}),
}
"""The types of clues that speak for a kind of risk before all others."""


class Lead(NamedTuple):
    """What came in about a household, and in which chain."""

    type: str
    context: Context
    fact_id: UUID | None = None
    about: str | None = None
    """What it changed, where that is something else than what it is: the type of the fact that a withdrawal names."""

    @property
    def clue(self) -> Clue:
        """The same as the other houses are told."""
        return Clue(type=self.type, fact_id=self.fact_id)

    def weighs_for(self, kind: RiskKind) -> bool:
        """Whether it speaks for a kind of risk before all others."""
        return (self.about or self.type) in _WEIGHED[kind]


def lead_for(kind: RiskKind, leads: Sequence[Lead]) -> Lead:
    """Which of the leads that came in, the last one at the end, explains what became of this kind of risk.

    The last one of a type that speaks for it; where there is none, the last one.
    """
    return next((lead for lead in reversed(leads) if lead.weighs_for(kind)), leads[-1])
