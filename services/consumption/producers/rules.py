"""What of a producer's sales is whose on a day. Pure decisions."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shared.codes.monitoring import IncomeBranch


class HouseholdShare(NamedTuple):
    """A household's share of what a producer sells, in ten-thousandths, as income of one branch."""

    household_code: str
    branch: IncomeBranch
    share: int


class CooperativeShare(NamedTuple):
    """A cooperative's share of what a firm sells, and how the cooperative's part is shared out."""

    cooperative_code: str
    share: int
    households: tuple[HouseholdShare, ...]


class Shares(NamedTuple):
    """Whose a producer's sales are: what nobody has a share in, it keeps itself."""

    households: tuple[HouseholdShare, ...] = ()
    """By code and branch."""
    cooperatives: tuple[CooperativeShare, ...] = ()
    """By code."""

    @property
    def household_codes(self) -> frozenset[str]:
        """Everybody who gets something, directly or through a cooperative."""
        direct = {share.household_code for share in self.households}
        return frozenset(direct.union(share.household_code for each in self.cooperatives for share in each.households))


class Term(NamedTuple):
    """A share and the days on which it holds, both ends included; None is without an end."""

    share: int
    valid_from: dt.date | None
    valid_to: dt.date | None

    def holds_on(self, day: dt.date) -> bool:
        """Whether the day lies within."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def most_at_once(terms: Iterable[Term]) -> int:
    """The greatest sum of shares that hold on one day: a sum only grows on a day on which some share begins."""
    kept: Sequence[Term] = list(terms)
    days = {term.valid_from or dt.date.min for term in kept}
    return max((sum(term.share for term in kept if term.holds_on(day)) for day in days), default=0)
