"""What a type of evidence is: all that the house has to know of it, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.rules import FactEvidence
from services.monitoring.evidence.schemas import ReportedFact
from shared.codes.monitoring import RiskKind


class SingleFacts(NamedTuple):
    """How one fact of a type can be a cause of a risk beside others."""

    which: sa.ColumnElement[bool]
    """The rows of the table of facts that are looked at one by one."""
    weigh: Callable[[Any, tuple[str, ...]], FactEvidence]
    """A row of a fact, and the ids of it and of those it corrected, as the rules weigh it."""


def always(_: Mapping[str, Any]) -> bool:
    """Of whatever payload."""
    return True


def _never(_: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceType:
    """A type of evidence: a fact that sources report, or what the events of another house tell."""

    name: str
    fact: type[ReportedFact] | None = None
    """The fact as it is reported; none where only events tell it."""
    clue: str | None = None
    """Its `clue_type`, where that is not its name."""
    speaks_for: frozenset[RiskKind] = frozenset()
    """The kinds of risk whose changes it explains before all other clues."""
    kept: tuple[Kept[Any], ...] = ()
    asks_who: bool = False
    """Whether rules that read what is kept of it have to know the members."""
    single: SingleFacts | None = None
    withdraws: bool = False
    """Whether it says nothing of its own and takes back 撤回 the fact that it supersedes, of whatever type."""
    sealed: str | None = None
    """The field of a payload whose text is kept sealed, beside the rest; every payload of the type has it."""
    tells_of_health: Callable[[Mapping[str, Any]], bool] = _never
    """Whether a payload, as it is shown, tells who is ill, or of what: the member is hidden from who may not see it."""
    shown_of_health: frozenset[str] | None = None
    """The fields of such a payload that everybody sees; all where this is none."""

    @property
    def clue_type(self) -> str:
        """The type of the clue 线索 under which the other houses hear of it."""
        return self.clue or self.name

    @property
    def may_tell_of_health(self) -> bool:
        """Whether there are facts of this type that tell who is ill, or of what."""
        return self.tells_of_health is not _never
