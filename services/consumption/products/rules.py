"""How quantities and seasons are written, and in which quantity a product is sold. Pure decisions."""

import datetime as dt
import re
from typing import Final

from shared.findings import WrongValue
from shared.words.said import says

QUANTITY_PATTERN: Final = r"^[0-9]{1,9}(\.[0-9]{1,3})?$"
"""What a quantity looks like outside, for example `20.000`."""
MAX_QUANTITY: Final = 10**12 - 1
"""The most that can be there of one product, in thousandths."""
PER_UNIT: Final = 1_000
"""A quantity is counted in thousandths of the unit."""
_DECIMALS: Final = 3
_LEAP_YEAR: Final = 2000


def is_day_of_year(text: str) -> bool:
    """Whether text names a day of some year as `03-15`; 29 February is one."""
    if re.fullmatch(r"[0-9]{2}-[0-9]{2}", text, re.ASCII) is None:
        return False
    try:
        dt.date.fromisoformat(f"{_LEAP_YEAR}-{text}")
    except ValueError:
        return False
    return True


def day_of_year(day: dt.date) -> str:
    """Return a day as seasons name it, `03-15`."""
    return day.strftime("%m-%d")


def is_sold(quantity: int, minimum: int | None, step: int | None) -> bool:
    """Whether so much can be ordered: at least the minimum 起订量, in whole steps 订货单位."""
    return quantity >= (minimum or 0) and (step is None or quantity % step == 0)


def parse_quantity(text: str) -> int:
    """Return the thousandths of a unit that `text` names; raises ValueError for anything but up to three decimals."""
    if re.fullmatch(QUANTITY_PATTERN, text, re.ASCII) is None:
        raise WrongValue(says("quantity-malformed"))
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(_DECIMALS, "0"))


def format_quantity(thousandths: int) -> str:
    """Return a quantity as text with exactly three decimals."""
    whole, fraction = divmod(thousandths, PER_UNIT)
    return f"{whole}.{fraction:0{_DECIMALS}d}"


def parse_change(text: str) -> int:
    """Return the thousandths that `text` adds or, after a minus, takes; raises ValueError as `parse_quantity` does."""
    amount = parse_quantity(text.removeprefix("-") if text.startswith("-") else text.removeprefix("+"))
    return -amount if text.startswith("-") else amount


def format_change(thousandths: int) -> str:
    """Return a change as text with exactly three decimals, below zero with a minus."""
    return ("-" if thousandths < 0 else "") + format_quantity(abs(thousandths))
