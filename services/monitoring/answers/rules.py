"""Where a clue stands in the household it is about, and who has to answer it by when. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from shared.codes.monitoring import ClueStatus, RiskKind
from shared.policy.parameters import PolicyView
from shared.regions import CODE_LENGTH, LEVEL_DIGITS, RegionLevel
from shared.workdays import WorkdayCalendar

CLUE_CHECK: Final = "monitoring.clue_check"
"""线索核实时限: working days from the day it was received."""

CHANNELS: Final = "monitoring.channels"
"""线索渠道: those by which clues come in a place."""

CLUE_OWNER: Final = "monitoring.clue_owner"
"""线索核实层级: by channel, the region level whose duty the check is, where that is not the village's."""

WAITING: Final = frozenset({ClueStatus.UNMATCHED, ClueStatus.AMBIGUOUS})
"""Clues of which nobody knows yet which household they are about."""
_OTHERWISE: Final = RegionLevel.VILLAGE


class Home(NamedTuple):
    """What is asked of a household that clues are about; it is locked."""

    region_code: str
    ended_on: dt.date | None
    is_related: bool
    """Whether members passed to or from another household."""


class Standing(NamedTuple):
    """Where a clue stands in its household."""

    status: ClueStatus
    risk_id: UUID | None = None
    joined_to: UUID | None = None


def standing_in(kinds: Sequence[str], open_risks: Mapping[RiskKind, UUID], root: UUID | None) -> Standing:
    """A clue is linked to an open risk of one of its kinds, the first that is named; else open, beside others."""
    for kind in kinds:
        if (risk_id := open_risks.get(RiskKind.read(kind))) is not None:
            return Standing(ClueStatus.LINKED, risk_id)
    return Standing(ClueStatus.OPEN, None, root)


class Duty(NamedTuple):
    """Who has to answer a clue, and by when."""

    level: RegionLevel
    is_listed: bool
    """Whether the policy lists its channel."""
    due_on: dt.date | None
    due_provisional: bool
    pack: str


def duty_of(channel: str, since: dt.date, view: PolicyView, calendar: WorkdayCalendar) -> Duty:
    """The duty to check a clue 线索核实: by the policy of the day from which the working days count."""
    channels, levels, days = view.find(CHANNELS), view.find(CLUE_OWNER), view.find(CLUE_CHECK)
    level = None if levels is None else levels.value.get(channel)
    deadline = None if days is None else calendar.add_workdays(since, int(days.value))
    return Duty(
        _OTHERWISE if level is None else RegionLevel(level),
        channels is not None and channel in channels.value,
        None if deadline is None else deadline.due_on,
        deadline is not None and deadline.provisional,
        view.pack,
    )


def owner_region(region_code: str, level: str) -> str:
    """The region of a level around a place, in full."""
    return region_code[: LEVEL_DIGITS[RegionLevel(level)]].ljust(CODE_LENGTH, "0")


def widest_around(prefixes: Sequence[str], region_code: str) -> str:
    """The widest of some regions around a place, as a prefix."""
    return min((prefix for prefix in prefixes if region_code.startswith(prefix)), key=len)


def widest(levels: Sequence[str]) -> RegionLevel:
    """The widest of some levels."""
    return min((RegionLevel(level) for level in levels), key=lambda level: LEVEL_DIGITS[level])


def first_of(clues: Sequence[Mapping[Any, Any]]) -> UUID | None:
    """The open clue of a household to which the others are joined: the one that was received first."""
    return min(clues, key=lambda row: (row["received_at"], row["id"]))["id"] if clues else None
