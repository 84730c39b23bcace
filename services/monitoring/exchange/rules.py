"""What goes to a platform, and what is held back."""

import datetime as dt
from collections.abc import Mapping
from typing import Final, NamedTuple

from shared.codes.monitoring import ExchangeSystem
from shared.months import first_day
from shared.words.said import Said

PROVINCE_OF: Final[Mapping[ExchangeSystem, str]] = {
    ExchangeSystem.GUIZHOU: "52",
    ExchangeSystem.HEBEI: "13",
    ExchangeSystem.SHAANXI: "61",
}
"""The province whose households a platform takes; one that is not here takes those of all."""


class Period(NamedTuple):
    """The days that a report is about, both included; none: as it is now."""

    first: dt.date | None = None
    last: dt.date | None = None

    @classmethod
    def of(cls, month: int | None) -> "Period":
        """The days of a month."""
        return cls() if month is None else cls(first_day(month), first_day(month + 1) - dt.timedelta(days=1))


class Fault(NamedTuple):
    """An error 疑点 that a household has: it goes nowhere before that is put right."""

    rule: str
    member_no: int | None
    said: Said
