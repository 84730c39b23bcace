"""Visits 访问 of those who need no token: so many a minute from one address, counted in the process."""

import math
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from shared.clock import unix_now
from shared.errors import DomainError
from shared.words.said import says

VISITS_A_MINUTE: Final = 60
"""Enough for a shop in which everybody scans; too few to try out codes."""


class TooManyVisits(DomainError):
    """Too much was asked without a token from this address."""

    status, code = 429, "too-many-visits"


class Visits:
    """How often each address came within the last minute."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(VISITS_A_MINUTE)

    def count(self, address: str) -> None:
        """One more. Raises TooManyVisits where that is one too many."""
        if self._limiter.hit(self._limit, address):
            return
        refused = TooManyVisits(says("too-many-visits", most=VISITS_A_MINUTE))
        window = self._limiter.get_window_stats(self._limit, address)
        refused.retry_after = max(1, math.ceil(window.reset_time - unix_now()))
        raise refused
