"""The windows in which requests are counted: each minute anew, and each business day."""

import datetime as dt
import math
from typing import Final, NamedTuple

from shared.clock import BUSINESS_ZONE

_MINUTE, _DAY = 60, 24 * 3600
_DAY_BEGINS: Final = -round(dt.datetime(1970, 1, 2, tzinfo=BUSINESS_ZONE).timestamp()) % _DAY
"""The business day begins so many seconds before that of UTC, in every season."""


class Period(NamedTuple):
    """A kind of window."""

    name: str
    seconds: int
    ahead: int
    """How many seconds its windows begin before those of UTC."""

    def window(self, now: float) -> int:
        """The number of the window that this moment lies in."""
        return int(now + self.ahead) // self.seconds

    def left(self, now: float) -> int:
        """Whole seconds until the next window, one at least."""
        return max(1, math.ceil((self.window(now) + 1) * self.seconds - self.ahead - now))


PER_MINUTE: Final = Period("per-minute", _MINUTE, 0)
PER_DAY: Final = Period("per-day", _DAY, _DAY_BEGINS)


class Standing(NamedTuple):
    """Where a client stands in a window, for the headers of an answer."""

    period: Period
    most: int
    remaining: int
    seconds: int
    """Until the next window."""
