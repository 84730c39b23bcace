"""Working days (工作日) of the mainland, with the make-up days (调休) the State Council announces once a year."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class WorkdayStatus:
    """Whether a day is worked, and how sure that is."""

    is_workday: bool
    provisional: bool
    """No official arrangement of the year is known: only the statutory holidays were considered, no make-up days."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The day by which something is due."""

    due_on: date
    provisional: bool
    """At least one day was counted without an official arrangement: count again once the notice is loaded."""
    counted_from: date | None = field(default=None, compare=False)
    """The day before the first that was counted; none where nobody knows any more."""
    workdays: int | None = field(default=None, compare=False)
    """How many working days were counted."""

    def kept(self, promised: date) -> date:
        """The day that stands once it is counted anew: what was promised never moves later."""
        return min(promised, self.due_on)


class WorkdayCalendar:
    """Tells working days apart: rows of the policy pack first, then the announced calendar, then statutory holidays.

    The notice arranges a whole year. A year of which the pack lists a day is announced, and so is every year before.
    """

    def __init__(self, overrides: Mapping[date, bool]) -> None:
        self._overrides = overrides
        self._last_listed = max(overrides).year if overrides else date.min.year

    def is_workday(self, day: date) -> WorkdayStatus:
        """Tell whether `day` is worked."""
        overridden = self._overrides.get(day)
        if overridden is not None:
            return WorkdayStatus(overridden, provisional=False)
        published = _published_status(day)
        return published if day.year > self._last_listed else WorkdayStatus(published.is_workday, provisional=False)

    def last_official_day(self) -> date:
        """The last day of the last year whose arrangement is known."""
        year = max(self._last_listed, _FIRST_YEAR)
        while _is_announced(year + 1):
            year += 1
        return date(year, 12, 31)

    def add_workdays(self, start: date, days: int) -> Deadline:
        """Return the last of the `days` working days that follow `start`; counting begins the day after `start`.

        Raises ValueError unless `days` is at least 1.
        """
        if days < 1:
            raise ValueError("a deadline is at least one working day away")
        day, left, provisional = start, days, False
        while left:
            day += timedelta(days=1)
            status = self.is_workday(day)
            provisional = provisional or status.provisional
            left -= status.is_workday
        return Deadline(day, provisional, start, days)


_FIRST_YEAR = 2020
"""Every year from here on was announced, up to the last that is."""


@lru_cache(maxsize=4096)
def _published_status(day: date) -> WorkdayStatus:
    """What is known without a policy pack."""
    return WorkdayStatus(bool(_holidays_of(day.year).is_working_day(day)), provisional=not _is_announced(day.year))


def _is_announced(year: int) -> bool:
    """Whether the calendar knows the make-up days of a year: every notice arranges some."""
    return any(day.year == year for day in _holidays_of(year).weekend_workdays)


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> Any:
    # Imported here: most processes never count working days, and the import is slow.
    import holidays  # noqa: PLC0415

    return holidays.country_holidays("CN", years=year)
