"""What the rules are asked about: one household as it stands on the day of the decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from services.monitoring.evidence.kept import CONCERN, Kept, SeenT
from services.monitoring.ledger.rules.income import WindowSummary
from shared.codes.monitoring import HouseholdCategory, RiskGrade, RiskKind, RiskStatus


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
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """What is seen of evidence beside the window, by what is kept of it."""

    known: frozenset[str] = frozenset()
    """What there may be of evidence, by name, and with a mark where it may concern the rules; see `Kept.concern`."""

    relocated: bool = False
    """易地扶贫搬迁户."""

    dibao: bool = False
    """低保户, as registered."""

    monitored: bool = False
    """监测对象: admitted, and its risk not eliminated."""

    def sees(self, kept: Kept[SeenT]) -> SeenT:
        """What is seen of one kind of evidence."""
        return kept.seen_in(self.evidence)

    def may_see(self, kept: Kept[Any]) -> bool:
        """Whether anything is seen of one kind of evidence."""
        return bool(self.evidence.get(kept.name))

    def knows(self, kept: Kept[Any]) -> bool:
        """Whether anything was ever said of one kind of circumstances."""
        return kept.name in self.known

    def is_concerned(self, kept: Kept[Any]) -> bool:
        """Whether something was said of one kind of circumstances that may concern a rule."""
        return kept.concern in self.known

    def may_be_concerned(self) -> bool:
        """Whether something was said of any circumstances that may concern a rule."""
        return any(name.endswith(CONCERN) for name in self.known)

    @property
    def is_lifted(self) -> bool:
        """脱贫户."""
        return self.category is HouseholdCategory.LIFTED


class Dismissal(NamedTuple):
    """A visit found that there is no risk 核实无风险: what it saw of the episode that it closed."""

    on: date
    """The day the task was closed."""
    grade: RiskGrade
    keys: frozenset[str]
    """Keys of the reasons that it saw."""


class LatestRisk(NamedTuple):
    """The latest episode of one kind of risk in one household, open or cleared."""

    kind: RiskKind
    status: RiskStatus
    grade: RiskGrade
    episode: int
    keys: frozenset[str]
    """Keys of the reasons that hold an open risk open; none when cleared."""
    dismissal: Dismissal | None = None
    """The finding that cleared it, where a visit did."""

    @property
    def is_open(self) -> bool:
        """Whether the risk is open."""
        return self.status is RiskStatus.OPEN

    @property
    def rules(self) -> frozenset[str]:
        """Codes of the rules that hold the risk open."""
        return frozenset(key.partition(":")[0] for key in self.keys)
