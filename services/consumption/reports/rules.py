"""For which days a report is made. Pure decisions."""

import datetime as dt
import re
from typing import Final, NamedTuple

from shared.findings import WrongValue
from shared.months import first_day, parse_month
from shared.words.said import says

_DAYS_OF_A_WEEK: Final = 7
_MONTHS_OF_A_QUARTER: Final = 3
_match_quarter = re.compile(r"((?:19|2[0-9])[0-9]{2})-Q([1-4])").fullmatch
_match_week = re.compile(r"((?:19|2[0-9])[0-9]{2})-W([0-9]{2})").fullmatch


class Span(NamedTuple):
    """A week 周, month 月 or quarter 季 as its days, both ends included."""

    first: dt.date
    last: dt.date


def span_of(period: str) -> Span:
    """The days of `2026-11`, `2026-Q4` or the ISO week `2026-W48`. Raises WrongValue for anything else."""
    quarter, week = _match_quarter(period), _match_week(period)
    if quarter is not None:
        month = parse_month(f"{quarter[1]}-01") + _MONTHS_OF_A_QUARTER * (int(quarter[2]) - 1)
        return Span(first_day(month), first_day(month + _MONTHS_OF_A_QUARTER) - dt.timedelta(days=1))
    if week is None:
        month = parse_month(period)
        return Span(first_day(month), first_day(month + 1) - dt.timedelta(days=1))
    try:
        monday = dt.date.fromisocalendar(int(week[1]), int(week[2]), 1)
    except ValueError as error:
        raise WrongValue(says("no-such-week")) from error
    return Span(monday, monday + dt.timedelta(days=_DAYS_OF_A_WEEK - 1))
