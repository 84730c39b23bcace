"""Where a member of compulsory age stands in schooling, by what was said. Pure."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple, Self

from services.monitoring.evidence.circumstances import Circumstance, SourceOrder, standing
from services.monitoring.evidence.schooling import OUT_OF_SCHOOL, that_change
from shared.codes.circumstances import SchoolingEvent
from shared.codes.monitoring import SchoolAgeView
from shared.regions import LEVEL_DIGITS, RegionLevel

_DIGITS = {
    SchoolAgeView.COUNTY: LEVEL_DIGITS[RegionLevel.COUNTY],
    SchoolAgeView.TOWNSHIP: LEVEL_DIGITS[RegionLevel.TOWNSHIP],
    SchoolAgeView.VILLAGE: LEVEL_DIGITS[RegionLevel.VILLAGE],
}


class Schooling(NamedTuple):
    """Where a member stands 就学情况."""

    status: SchoolingEvent | None = None
    """The last event but visits; none where nothing was said."""
    visits: int = 0
    """Visits to persuade 劝返 since the member was out of school last."""
    last_visit_on: dt.date | None = None

    @classmethod
    def of(cls, said: Sequence[Circumstance], order: SourceOrder) -> Self:
        """What was said of one member, in the order in which it was observed, comes to this."""
        changes = that_change(said)
        if not changes:
            return cls(None, *_visits(said, dt.date.min))
        [last] = standing(changes, order).values()
        left = [one.observed_on for one in changes if one.said["event"] in OUT_OF_SCHOOL]
        since = max(left, default=None)
        visits = (0, None) if since is None else _visits(said, since)
        return cls(SchoolingEvent.read(last.said["event"]), *visits)


def _visits(said: Sequence[Circumstance], since: dt.date) -> tuple[int, dt.date | None]:
    days = [one.observed_on for one in said if one.said["event"] == SchoolingEvent.PERSUASION_VISIT]
    counted = [day for day in days if day >= since]
    return len(counted), max(counted, default=None)


def place_of(view: SchoolAgeView, region_code: str, school_code: str | None) -> str | None:
    """Whose ledger 台账 of a view a member stands in: that of a region, or of a school."""
    return school_code if view is SchoolAgeView.SCHOOL else region_code[: _DIGITS[view]]
