"""The dossier 档案 of a household: what a command has in hand, and what it adds to the ledger."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from services.monitoring.evidence.kept import Kept, Key
from services.monitoring.ledger.rules.income import IncomeMonth, WindowSummary
from shared.codes.monitoring import HouseholdCategory


def _sums() -> dict[Key, int]:
    return defaultdict(int)


class Report(NamedTuple):
    """What one source says of a matter that others may report, too."""

    source: str
    sums: IncomeMonth


def _reports() -> dict[Key, dict[UUID, Report]]:
    return defaultdict(dict)


@dataclass(slots=True)
class HouseholdDossier:
    """The dossier 档案 of one household while a command has it in hand."""

    code: str
    region_code: str
    category: HouseholdCategory
    members: int
    able_workers: int
    fragile_members: int
    relocated: bool
    dibao: bool
    monitored: bool
    """监测对象."""
    ended_on: dt.date | None
    """The day from which the household is no more: nothing is judged from then on."""
    is_related: bool
    """Whether what is said of it may count for another household, or the other way round."""
    window: WindowSummary
    evidence: frozenset[str]
    """Which evidence there may be rows of, by what is kept: of all other, nothing is asked."""
    judged_on: dt.date | None
    """Decision date of the last judgement."""
    due_after: dt.date | None
    """A screening on a later day than this judges the household; none where nothing is unjudged."""
    unfounded: frozenset[UUID] = frozenset()
    """Open risks whose evidence this command may have withdrawn."""
    latest_day: dt.date = dt.date.min
    """The latest day that something entered by this command is about."""
    months: dict[int, IncomeMonth] = field(default_factory=lambda: defaultdict(IncomeMonth))
    """What this command adds to the month table, by month."""
    amounts: dict[Kept[Any], dict[Key, int]] = field(default_factory=lambda: defaultdict(_sums))
    """What this command adds to the sums of evidence, by table and key."""
    rows: dict[Kept[Any], dict[UUID, Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    """Rows of evidence this command adds, by table and fact."""
    removed: dict[Kept[Any], set[UUID]] = field(default_factory=lambda: defaultdict(set))
    """Facts whose rows of evidence this command takes away, by table."""
    reports: dict[Key, dict[UUID, Report]] = field(default_factory=_reports)
    """The reports that count of matters which this command touches, by matter and fact."""
    seen_then: Mapping[str, Any] | None = None
    """What the rules saw on the past day of which it is; none where what is kept now is asked for."""
    window_changed: bool = False
    window_stale: bool = False
    """Something left the ledger, so the window has to be computed anew."""

    def is_behind(self, anchor: int, length: int) -> bool:
        """Whether the window has to be computed from the month table to end with ``anchor``."""
        return self.window_stale or self.window.anchor != anchor or self.window.length != length

    def is_due_after(self, day: dt.date) -> None:
        """Something is left for a judgement on a later day than this; what is due earlier stays so."""
        if self.due_after is None or day < self.due_after:
            self.due_after, self.window_changed = day, True

    def was_judged(self, day: dt.date) -> None:
        """Everything known was judged as of this day. What had become due on it may be about a day to come."""
        if self.judged_on != day:
            self.judged_on, self.window_changed = day, True
        if self.due_after is not None and self.due_after < day:
            self.due_after, self.window_changed = None, True
        if self.latest_day > day:
            self.is_due_after(day)
