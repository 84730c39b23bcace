"""Indicators 指标: what is counted out of the ledgers for a region and a month. Nobody types one in."""

from dataclasses import dataclass

from shared.codes.code import Code
from shared.codes.indicators import IndicatorUnit
from shared.money import divide_half_up, format_yuan
from shared.shares import WHOLE, format_share


@dataclass(frozen=True, slots=True)
class Indicator:
    """What one indicator is 指标定义."""

    code: Code
    unit: IndicatorUnit
    source: str
    """The document that asks for it."""
    target: str | None = None
    """The key of the policy parameter that holds what is aimed at."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted for an indicator: a number, an amount in fen, or a part of a whole."""

    numerator: int
    denominator: int | None = None
    """The whole, where a part of it is told."""

    def value(self, unit: IndicatorUnit) -> int | str | None:
        """What the answer shows; None for a part of nothing. A share is rounded half up; what shrank is negative."""
        if unit is IndicatorUnit.SHARE:
            return _share(self.numerator, self.denominator) if self.denominator else None
        return format_yuan(self.numerator) if unit is IndicatorUnit.YUAN else self.numerator


def _share(numerator: int, denominator: int) -> str:
    share = divide_half_up(numerator * WHOLE, denominator)
    return f"{'-' if share < 0 else ''}{format_share(abs(share))}"
