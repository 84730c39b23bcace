"""When a feed is overdue."""

import calendar
import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple, Self


class Agreed(NamedTuple):
    """What a source has agreed to bring every month."""

    source: str
    kinds: Sequence[str]
    due_day: int
    agreed_on: dt.date

    @classmethod
    def of(cls, row: Any) -> Self:
        """A feed from its row."""
        return cls(row.code, row.kinds, row.due_day, row.agreed_on)


class Received(NamedTuple):
    """What came of a feed."""

    last_on: dt.date | None
    """The last day on which something came; none where nothing ever did."""
    rows: int
    """How many facts came this month."""


def overdue_since(feed: Agreed, last_on: dt.date | None, today: dt.date) -> dt.date | None:
    """The due day that went by without anything in its month; None where nothing is overdue.

    The list of a month is due on its day of that month and overdue from the day after. Until then the list of the
    month before is looked at, where the feed was agreed by its due day.
    """
    due = _due_in(today, feed.due_day)
    if today <= due:
        due = _due_in(today.replace(day=1) - dt.timedelta(days=1), feed.due_day)
        if feed.agreed_on > due:
            return None
    return None if last_on is not None and last_on >= due.replace(day=1) else due


def _due_in(month: dt.date, day: int) -> dt.date:
    """The due day in the month of a day: the last one where the month is shorter."""
    return month.replace(day=min(day, calendar.monthrange(month.year, month.month)[1]))
