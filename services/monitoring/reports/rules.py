"""What the lines of a register come to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.monitoring.ledger.rules.income import MONTHS_IN_YEAR, IncomeMonth

COUNTED: Final = ("lifted", "relocated", "dibao", "monitored", "at_risk")
"""What is counted of households."""


@dataclass(slots=True)
class Count:
    """The households of one village that were counted."""

    households: int = 0
    members: int = 0
    of_those: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))

    def add(self, members: int, said: Mapping[str, bool]) -> None:
        """Count a household: how many live there, and what is true of it."""
        self.households += 1
        self.members += members
        for name, holds in said.items():
            self.of_those[name] += holds


def months_of(year: int) -> tuple[int, int]:
    """The first and the last month of a year."""
    first = year * MONTHS_IN_YEAR
    return first, first + MONTHS_IN_YEAR - 1


def total_of(months: Mapping[int, IncomeMonth]) -> IncomeMonth:
    """The sum of months."""
    total = IncomeMonth()
    for month in months.values():
        total.add(month)
    return total
