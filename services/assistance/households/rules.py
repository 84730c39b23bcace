"""What the money that came home adds up to 帮扶成效. Pure."""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from shared.codes.monitoring import IncomeBranch
from shared.money import divide_half_up


class CreditLine(NamedTuple):
    """Money that came home, in fen, as its effect is counted."""

    house: str
    credit_id: UUID
    branch: IncomeBranch
    amount: int
    supersedes: UUID | None


class Effect(NamedTuple):
    """What the money that counts adds up to, in fen 帮扶成效."""

    total: int
    per_head: int | None
    """Half a fen is rounded up; None where it is not known how many live there."""
    by_branch: Mapping[IncomeBranch, int]


def superseded(lines: Collection[CreditLine]) -> frozenset[tuple[str, UUID]]:
    """House and id of the credits that another one of their house corrects: they do not count."""
    return frozenset([(line.house, line.supersedes) for line in lines if line.supersedes])


def effect_of(lines: Collection[CreditLine], members: int | None) -> Effect:
    """What this money means to a household of so many."""
    corrected = superseded(lines)
    by_branch = dict.fromkeys(IncomeBranch, 0)
    for line in lines:
        if (line.house, line.credit_id) not in corrected:
            by_branch[line.branch] += line.amount
    total = sum(by_branch.values())
    return Effect(total, divide_half_up(total, members) if members else None, by_branch)
