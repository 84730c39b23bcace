"""Whether a plan adds up, and what a paid line becomes. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from shared.codes.assets import DistributionReason
from shared.findings import Finding
from shared.ids import derived_id
from shared.money import format_yuan
from shared.words.said import says


class Line(NamedTuple):
    """What a plan gives to one household for one reason."""

    household_code: str
    reason: DistributionReason
    amount: int


def plan_findings(period: str, total: int, lines: Sequence[Line], today: date) -> list[Finding]:
    """What keeps these lines from being a plan 收益分配方案 for the total and the year."""
    found = []
    if int(period) > today.year:
        found.append(Finding("/period", says("in-the-future")))
    seen: set[tuple[str, DistributionReason]] = set()
    for index, line in enumerate(lines):
        if (line.household_code, line.reason) in seen:
            found.append(Finding(f"/lines/{index}", says("line-of-reason-before", reason=line.reason)))
        seen.add((line.household_code, line.reason))
    given = sum(line.amount for line in lines)
    if given != total:
        said = says("lines-make-another-total", given=format_yuan(given), total=format_yuan(total))
        found.append(Finding("/total", said))
    return found


def credit_id(distribution_id: UUID, line_no: int) -> UUID:
    """The credit that a paid line becomes: the same however often it is told."""
    return derived_id("credit", str(distribution_id), line_no)


def withdrawal_id(distribution_id: UUID, line_no: int) -> UUID:
    """The withdrawal of a paid line: there is one at most."""
    return derived_id("withdrawal", str(distribution_id), line_no)
