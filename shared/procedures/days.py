"""On which day a step can have been taken, and how the days of a clock are counted. Pure."""

import datetime as dt

from shared.words.said import Said, says
from shared.workdays import WorkdayCalendar


def why_not_on(on: dt.date, previous: dt.date | None, today: dt.date) -> Said | None:
    """What keeps a step from having been taken on that day; `previous` is the day of the step before it."""
    if on > today:
        return says("in-the-future")
    if previous is not None and on < previous:
        return says("before-the-step-before", previous=previous)
    return None


def last_day(begun_on: dt.date, days: int, calendar: WorkdayCalendar | None) -> dt.date:
    """The last of so many days 期满日; working days where there is a calendar. The first day does not count."""
    return begun_on + dt.timedelta(days=days) if calendar is None else calendar.add_workdays(begun_on, days).due_on


def is_over(ends_on: dt.date | None, on: dt.date) -> bool:
    """Whether all the days were over before this one."""
    return ends_on is not None and on > ends_on
