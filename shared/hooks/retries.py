"""When a delivery that failed is tried again."""

import datetime as dt
import random
from email.utils import parsedate_to_datetime
from typing import Final

_AFTER_SECONDS: Final = (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
_AFTER_LATER: Final = 24 * 3600
GIVE_UP: Final = dt.timedelta(days=3)
"""A delivery that fails so long after its first try is exhausted."""
_JITTER: Final = 0.2
SHORTEST_RETRY_AFTER, LONGEST_RETRY_AFTER = dt.timedelta(seconds=5), dt.timedelta(hours=24)
"""A receiver that asks for less or more is tried again then."""
_MAX_DIGITS: Final = 9


def pause_after(failures: int) -> dt.timedelta:
    """How long is waited after so many failures in a row, a fifth more or less so that not all come at once."""
    seconds = _AFTER_SECONDS[failures - 1] if failures <= len(_AFTER_SECONDS) else _AFTER_LATER
    return dt.timedelta(seconds=seconds * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311  no secret


def asked_pause(retry_after: str | None, now: dt.datetime) -> dt.timedelta | None:
    """How long a `Retry-After` asks to wait: a number of seconds or a date; None where it asks for nothing."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        pause = dt.timedelta(seconds=int(text[:_MAX_DIGITS]))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        pause = (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)) - now
    return min(max(pause, SHORTEST_RETRY_AFTER), LONGEST_RETRY_AFTER)
