"""What households looked at together come to: counted, and nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from shared.codes.monitoring import RiskGrade, RiskKind
from shared.regions import CODE_LENGTH, LEVEL_DIGITS, RegionLevel

KindAndGrade = tuple[RiskKind, RiskGrade]
_COUNTED_BY = (LEVEL_DIGITS[RegionLevel.COUNTY], LEVEL_DIGITS[RegionLevel.TOWNSHIP])


class OpenRisk(NamedTuple):
    """An open risk, as far as it is counted."""

    household_code: str
    region_code: str
    kind: RiskKind
    grade: RiskGrade
    version: int

    @property
    def counted_as(self) -> KindAndGrade:
        """Under what it is counted."""
        return self.kind, self.grade


OpenRisks = Mapping[UUID, OpenRisk]
"""The open risks of some households, by id."""


class AtRisk(NamedTuple):
    """A household with an open risk."""

    household_code: str
    region_code: str
    grade: RiskGrade
    """The graver one of its risks."""
    kinds: tuple[RiskKind, ...]


@dataclass(slots=True)
class Tally:
    """What became of households that were judged together."""

    judged: int = 0
    raised: Counter[KindAndGrade] = field(default_factory=Counter)
    updated: Counter[KindAndGrade] = field(default_factory=Counter)
    cleared: Counter[KindAndGrade] = field(default_factory=Counter)
    open: list[OpenRisk] = field(default_factory=list)
    """The risks that are open now."""

    def count(self, before: OpenRisks, after: OpenRisks) -> None:
        """Count what changed between two looks at the open risks of the same households."""
        self.open += after.values()
        for risk_id, risk in after.items():
            known = before.get(risk_id)
            if known is None:
                self.raised[risk.counted_as] += 1
            elif known.version != risk.version:
                self.updated[risk.counted_as] += 1
        for risk_id in before.keys() - after.keys():
            self.cleared[before[risk_id].counted_as] += 1

    def at_risk(self) -> Iterator[AtRisk]:
        """The households with an open risk, in the order of their codes."""
        by_household: defaultdict[tuple[str, str], list[OpenRisk]] = defaultdict(list)
        for risk in self.open:
            by_household[risk.household_code, risk.region_code].append(risk)
        for (household_code, region_code), risks in sorted(by_household.items()):
            grade = RiskGrade.RED if any(risk.grade is RiskGrade.RED for risk in risks) else RiskGrade.ORANGE
            yield AtRisk(household_code, region_code, grade, tuple(sorted({risk.kind for risk in risks})))


def counted_by_region(places: Iterable[str]) -> Counter[str]:
    """How many of these households lie in each county and township; one of them where only the county is known."""
    counted: Counter[str] = Counter()
    for region_code, households in Counter(places).items():
        for region in {region_code[:digits].ljust(CODE_LENGTH, "0") for digits in _COUNTED_BY}:
            counted[region] += households
    return counted
