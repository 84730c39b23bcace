"""The parameters of the judgement, as a policy pack holds them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Self

from shared.policy.parameters import ParameterValue
from shared.shares import WHOLE

SLOW_SALE: Final = "consumption.slow_sale"
RESPONSE_LEVELS: Final = "consumption.response_levels"
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class SlowSaleParameters:
    """When prices and supplies speak for a slow sale. Shares are ten-thousandths, the rest are days and years."""

    value: ParameterValue
    price_drop: int
    """From which fall below the expected price the price speaks."""
    price_days: int
    """On how many days with a price in a row it has to."""
    price_clear: int
    """Below which fall a price is calm again."""
    unsold: int
    """From which share of what is there and due the supply speaks."""
    unsold_clear: int
    clear_days: int
    """For how many days a signal has to be calm."""
    seasons: int
    """The fewest earlier years that an expectation rests on."""
    years: int
    """The most earlier years that are looked at."""
    window: int
    """How many days around the same day of an earlier year count."""
    base: int
    """How many days before that window tell how dear a year is."""
    horizon: int
    """How far supply looks ahead, and how long what was reported last speaks."""

    @classmethod
    def of(cls, value: ParameterValue) -> Self:
        """The parameters out of the value of a pack."""
        said = value.value
        return cls(
            value=value,
            price_drop=_share(said["price_drop"]),
            price_days=int(said["price_days"]),
            price_clear=_share(said["price_clear"]),
            unsold=_share(said["unsold"]),
            unsold_clear=_share(said["unsold_clear"]),
            clear_days=int(said["clear_days"]),
            seasons=int(said["seasons"]),
            years=int(said["years"]),
            window=int(said["window_days"]),
            base=int(said["base_days"]),
            horizon=int(said["horizon_days"]),
        )

    @property
    def reach(self) -> int:
        """How many days before a day its own expectation reads; so many of each earlier year as well."""
        return self.window + self.base

    @property
    def longest_run(self) -> int:
        """Within how many days the days with a price lie that decide: a market is held once a week at least."""
        return _WEEK * self.price_days


def _share(value: Any) -> int:
    return int(Decimal(str(value)) * WHOLE)
