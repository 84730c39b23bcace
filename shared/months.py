"""Months as whole numbers: `year * 12 + (month - 1)`, so that windows are plain arithmetic."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Final

from pydantic import PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema

from shared.findings import WrongValue
from shared.words.said import says

MONTH_PATTERN: Final = r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$"
"""What a month looks like outside, for example `2026-05`."""

MIN_MONTH: Final = 1900 * 12
MAX_MONTH: Final = 2999 * 12 + 11

_MONTHS_PER_YEAR: Final = 12
_match_month = re.compile(r"((?:19|2[0-9])[0-9]{2})-(0[1-9]|1[0-2])").fullmatch


@lru_cache
def parse_month(text: str) -> int:
    """Return the month that `text` names as `YYYY-MM`, years 1900 to 2999; raises WrongValue otherwise."""
    found = _match_month(text)
    if found is None:
        raise WrongValue(says("month-ill-formed"))
    return int(found[1]) * _MONTHS_PER_YEAR + int(found[2]) - 1


@lru_cache
def format_month(month: int) -> str:
    """Return `month` as `YYYY-MM`."""
    year, index = divmod(month, _MONTHS_PER_YEAR)
    return f"{year:04d}-{index + 1:02d}"


def month_of(day: date) -> int:
    """Return the month in which `day` lies."""
    return day.year * _MONTHS_PER_YEAR + day.month - 1


@lru_cache
def first_day(month: int) -> date:
    """Return the first day of `month`; the last one is the day before `first_day(month + 1)`."""
    year, index = divmod(month, _MONTHS_PER_YEAR)
    return date(year, index + 1, 1)


def months_later(day: date, months: int) -> date:
    """Return the same day of the month so many months later, or the last one of that month where it is shorter."""
    month = month_of(day) + months
    last = first_day(month + 1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def last_day_of_years(first: date, years: int) -> date:
    """Return the last of so many years that begin with a day: the day before it comes again."""
    return months_later(first, years * _MONTHS_PER_YEAR) - timedelta(days=1)


def _month(value: object, info: ValidationInfo) -> int:
    if isinstance(value, str):
        return parse_month(value)
    if type(value) is int and info.mode == "python" and MIN_MONTH <= value <= MAX_MONTH:
        return value
    raise WrongValue(says("month-not-text"))


Month = Annotated[
    int,
    PlainValidator(_month),
    PlainSerializer(format_month, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": MONTH_PATTERN, "examples": ["2026-05"]}),
]
"""A calendar month (月份): text `YYYY-MM` outside, a whole number inside.

Python code may also hand over the number itself. A number in a request body is refused as well, unless it happens to
lie between `MIN_MONTH` (22800) and `MAX_MONTH` (35999), where no calendar notation of a month lies.
"""
