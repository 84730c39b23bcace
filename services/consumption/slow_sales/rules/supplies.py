"""What does not sell 滞销量: what is there and due, without what is ordered and what sells at the present pace.

Quantities are thousandths of the unit of the commodity, days are ordinals, shares are ten-thousandths.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from shared.money import divide_half_up
from shared.shares import WHOLE

_WEEK: Final = 7


class Supply(NamedTuple):
    """What was reported of a series on a day."""

    day: int
    stock: int
    due: int
    """What is due within the horizon 即将上市."""
    sold_7d: int
    """What was sold within the last seven days."""
    covered: int | None
    """What is ordered already; None where the orders here say so."""


class Ordered(NamedTuple):
    """A quantity that was ordered here."""

    quantity: int
    placed: int
    """The day of the order."""
    left: int | None
    """The day on which the goods left the stock; None while they are there."""
    cancelled: int | None


class Unsold(NamedTuple):
    """What of a supply does not sell within the horizon."""

    day: int
    """The day of the report."""
    quantity: int
    share: int
    covered: int
    sold_out: int | None
    """The day on which the stock is sold at the present pace; None where nothing sells."""
    spoils: int | None
    """The day on which what is left of the stock spoils; None where it sells before, or keeps."""


def covered_by(orders: Sequence[Ordered], supply_day: int, day: int) -> int:
    """What is ordered as of a day of what lay in stock when a supply was reported."""
    return sum(
        order.quantity
        for order in orders
        if order.placed <= day
        and (order.left is None or order.left >= supply_day)
        and (order.cancelled is None or order.cancelled > day)
    )


def unsold(supply: Supply, covered: int, horizon: int, shelf_life: int | None) -> Unsold:
    """Return (stock + due - covered - pace x horizon) / (stock + due), never below zero, and when the stock spoils."""
    there = supply.stock + supply.due
    sells = supply.sold_7d * horizon // _WEEK
    left = max(0, there - covered - sells)
    share = divide_half_up(left * WHOLE, there) if there else 0
    waiting = max(0, supply.stock - covered)
    sold_out = supply.day + -(-waiting * _WEEK // supply.sold_7d) if supply.sold_7d else None
    if not waiting:
        sold_out = supply.day
    spoils = None if shelf_life is None else supply.day + shelf_life
    in_time = spoils is None or (sold_out is not None and sold_out <= spoils)
    return Unsold(supply.day, left, share, covered, sold_out, None if in_time else spoils)
