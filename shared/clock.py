"""Time: the only place that asks the machine what time it is."""

import time
from datetime import UTC, date, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

BUSINESS_ZONE: Final = ZoneInfo("Asia/Shanghai")
"""The zone in which a working day begins and ends (北京时间)."""


def unix_now() -> float:
    """Real time in seconds of Unix: for tokens, limits and whoever is let in, also where the business date is set."""
    return time.time()


def day_of(seconds: float) -> date:
    """The day in Asia/Shanghai at a moment of `unix_now`."""
    return datetime.fromtimestamp(seconds, BUSINESS_ZONE).date()


def written(moment: datetime) -> str:
    """A moment as files and answers hold it: UTC with `Z`, to the microsecond; the texts have the order of moments."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def written_now() -> str:
    """Real time, written."""
    return written(datetime.now(UTC))


class Clock(Protocol):
    """Where commands, queries and jobs get the time from."""

    def now(self) -> datetime:
        """Return this instant, aware, in UTC."""
        ...

    def today(self) -> date:
        """Return the business date (业务日期): the day on which decisions are taken and deadlines counted."""
        ...


class SystemClock:
    """The clock of the machine, with a business date that can be fixed for demonstrations and re-runs."""

    def __init__(self, business_date: date | None = None) -> None:
        self._business_date = business_date

    def now(self) -> datetime:
        """Return this instant, aware, in UTC; a fixed business date does not change it."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the fixed business date if one was given, otherwise the date in Asia/Shanghai."""
        return self._business_date or self.now().astimezone(BUSINESS_ZONE).date()
