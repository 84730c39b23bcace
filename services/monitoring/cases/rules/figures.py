"""The figures that a case rests on: income per head of a window, beside its line 监测范围."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.monitoring.ledger.rules.income import IncomeStatement
from shared.codes.monitoring import IncomeBranch
from shared.money import divide_half_up, format_yuan


@dataclass(frozen=True, slots=True)
class Figures:
    """Income of a window and the line it is held against. Money is fen."""

    income: IncomeStatement
    line: Fraction
    """Per head and year."""
    needed: int
    """How many months of the window have to be known."""

    @property
    def is_complete(self) -> bool:
        """Whether enough months are known, and somebody shares the income."""
        return self.income.known >= self.needed and self.income.members > 0

    @property
    def reference(self) -> int:
        """纳入监测对象的收入参考范围: net income less compliant self-paid expense. 理赔收入 is in no ledger."""
        return self.income.net - self.income.compliant_self_paid

    @property
    def reference_per_head(self) -> int | None:
        """纳入监测对象的人均收入参考范围; none for a household without members."""
        return divide_half_up(self.reference, self.income.members) if self.income.members else None

    @property
    def line_per_head(self) -> int:
        """The line in whole fen."""
        return divide_half_up(self.line.numerator, self.line.denominator)

    def reaches_line(self) -> bool | None:
        """Whether net income per head reaches the line; None while months are unknown."""
        return self._reaches(self.income.net)

    def reference_reaches_line(self) -> bool | None:
        """Whether it still does so after compliant self-paid expense."""
        return self._reaches(self.reference)

    def _reaches(self, amount: int) -> bool | None:
        return amount >= self.line * self.income.members if self.is_complete else None

    def as_evidence(self) -> dict[str, Any]:
        """What a criterion shows of them."""
        return {
            "per_head": _yuan(self.income.per_head),
            "reference_per_head": _yuan(self.reference_per_head),
            "line": format_yuan(self.line_per_head),
            "months_unknown": len(self.income.missing),
        }


def eleven_amounts(figures: Figures) -> dict[str, str | None]:
    """The eleven amounts of the household form 家庭收入核算表, in yuan.

    Source: 2023年防返贫摸排 forms (domain facts 1.5). 家庭理赔收入 is null: nothing of it is recorded.
    """
    income = figures.income
    return {
        "wage": format_yuan(income.branches[IncomeBranch.WAGE]),
        "operating": format_yuan(income.branches[IncomeBranch.OPERATING]),
        "property": format_yuan(income.branches[IncomeBranch.PROPERTY]),
        "transfer": format_yuan(income.branches[IncomeBranch.TRANSFER]),
        "operating_cost": format_yuan(income.operating_cost),
        "net": format_yuan(income.net),
        "per_head": _yuan(income.per_head),
        "claims": None,
        "compliant_self_paid": format_yuan(income.compliant_self_paid),
        "reference": format_yuan(figures.reference),
        "reference_per_head": _yuan(figures.reference_per_head),
    }


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else format_yuan(fen)
