"""Working days (工作日) of the mainland, with the make-up days (调休) the State Council announces once a year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar


@dataclass(frozen=True, slots=True)
class WorkdayStatus:
    """Whether a day is worked, and how sure that is."""

    is_workday: bool
    provisional: bool
    """No official arrangement for the day is known: only the statutory holidays were considered, no make-up days."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The day by which something is due."""

    due_on: date
    provisional: bool
    """At least one day was counted without an official arrangement: count again once the notice is loaded."""


class WorkdayCalendar:
    """Tells working days apart: rows of an operator first, then the official calendar, then statutory holidays."""

    def __init__(self, overrides: Mapping[date, bool]) -> None:
        self._overrides = overrides

    def is_workday(self, day: date) -> WorkdayStatus:
        """Tell whether `day` is worked."""
        overridden = self._overrides.get(day)
        if overridden is not None:
            return WorkdayStatus(overridden, provisional=False)
        return _published_status(day)

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
        return Deadline(day, provisional)


@lru_cache(maxsize=4096)
def _published_status(day: date) -> WorkdayStatus:
    """What is known without an operator; remembered, because the official calendar is slow to ask."""
    try:
        return WorkdayStatus(chinese_calendar.is_workday(day), provisional=False)
    except NotImplementedError:
        return WorkdayStatus(_is_statutory_workday(day), provisional=True)


def _is_statutory_workday(day: date) -> bool:
    # Imported here: most processes never count a day beyond the official calendar, and the import is slow.
    import holidays  # noqa: PLC0415

    return bool(holidays.country_holidays("CN", years=day.year).is_working_day(day))
