"""What a unit reserves, and how much of it was bought. Pure decisions."""

from typing import Final, NamedTuple

from shared.codes.consumption import Canteen
from shared.money import divide_half_up
from shared.shares import WHOLE

RESERVE_RATIO: Final = "consumption.reserve_ratio_min"
"""预留份额比例下限, by the city of the buyer."""
FILLING: Final = frozenset({Canteen.OWN, Canteen.OUTSOURCED})
"""The canteens of which a unit fills in a total; one without a canteen, or with a shared one, has no quota."""


class Bought(NamedTuple):
    """What was bought and settled in a year, in fen."""

    of_unit: int = 0
    """By the unit itself, and by whoever else counts with it: the contractor of its canteen."""
    of_unions: int = 0
    of_persons: int = 0
    helped_to_sell: int = 0
    """帮助销售 of all of them: it fulfils no quota."""

    @property
    def purchased(self) -> int:
        """采购, which fulfils the quota."""
        return self.of_unit + self.of_unions + self.of_persons


class Reserve(NamedTuple):
    """What a unit reserves: so many ten-thousandths of the total of its canteen, in fen."""

    canteen_total: int
    ratio: int

    @property
    def amount(self) -> int:
        """The amount, half up to the fen."""
        return divide_half_up(self.canteen_total * self.ratio, WHOLE)

    def fulfilment(self, purchased: int) -> int | None:
        """How much of it was bought 完成率, in ten-thousandths, half up; none where nothing is reserved."""
        exact = self.canteen_total * self.ratio
        return divide_half_up(purchased * WHOLE * WHOLE, exact) if exact else None


def reserve_of(canteen: Canteen, canteen_total: int | None, ratio: int) -> Reserve | None:
    """What a unit reserves, where it has a quota."""
    return Reserve(canteen_total, ratio) if canteen in FILLING and canteen_total is not None else None
