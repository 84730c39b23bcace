"""What may be done with an order, what a line is worth, and who gets how much of it. Pure decisions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from shared.contracts.codes import IncomeBranch, OrderAction, OrderStatus
from shared.money import divide_half_up
from shared.shares import WHOLE
from shared.transitions import Procedure, Step

BUYING: Final = "consumption:order"
"""The scope of buyers 采购方: it places orders and takes the buyer's steps."""

SUPPLYING: Final = "consumption:approve"
"""The scope of the supply side 供应方: it takes its own steps, and those of a buyer who cannot."""

_BUYER, _SUPPLY = (BUYING, SUPPLYING), (SUPPLYING,)
TRANSITIONS: Final = Procedure(
    "an order",
    {
        (OrderStatus.PLACED, OrderAction.ACCEPT): Step(OrderStatus.ACCEPTED, _SUPPLY),
        (OrderStatus.PLACED, OrderAction.CANCEL): Step(OrderStatus.CANCELLED, _BUYER),
        (OrderStatus.ACCEPTED, OrderAction.SHIP): Step(OrderStatus.SHIPPED, _SUPPLY),
        (OrderStatus.ACCEPTED, OrderAction.CANCEL): Step(OrderStatus.CANCELLED, _SUPPLY),
        (OrderStatus.SHIPPED, OrderAction.RECEIVE): Step(OrderStatus.RECEIVED, _BUYER),
        (OrderStatus.RECEIVED, OrderAction.SETTLE): Step(OrderStatus.SETTLED, _SUPPLY),
        (OrderStatus.RECEIVED, OrderAction.DISPUTE): Step(OrderStatus.DISPUTED, _BUYER),
        (OrderStatus.DISPUTED, OrderAction.RECEIVE): Step(OrderStatus.RECEIVED, _BUYER),
    },
)
"""What may be done, by whom, and where it leads. No step can be skipped, and nothing leads out of settled or cancelled.

A buyer neither confirms its own order nor pays it out, and takes it back only while nobody has confirmed it.
"""

QUANTITY_PATTERN: Final = r"^[0-9]{1,9}(\.[0-9]{1,3})?$"
"""What a quantity looks like outside, for example `20.000`."""

MAX_QUANTITY: Final = 10**12 - 1
"""The most that can be there of one product, in thousandths."""

_PER_UNIT: Final = 1_000
_DECIMALS: Final = 3


@dataclass(frozen=True, slots=True)
class Share:
    """A household's share of what its producer sells, in ten-thousandths, as income of one branch."""

    household_code: str
    branch: IncomeBranch
    share: int


class Split(NamedTuple):
    """A value in fen, divided: one part for each share in the order given, and what the producer keeps."""

    parts: tuple[int, ...]
    rest: int


def line_value(price: int, quantity: int) -> int:
    """What so many thousandths of a unit are worth at this price, rounded half up to the fen."""
    return divide_half_up(price * quantity, _PER_UNIT)


def split(value: int, shares: Sequence[Share]) -> Split:
    """Divide a value over the households of a producer; the producer keeps the rest.

    By largest remainder 最大余额法: everybody gets the whole fen of their exact part, and the fen left over go to the
    largest fractions, equal ones in the order of household codes and the producer last. The parts and the rest are
    the value again, and each differs from its exact part by less than a fen. Raises ValueError for shares above 1.
    """
    kept = WHOLE - sum(share.share for share in shares)
    if kept < 0:
        raise ValueError("the shares of a producer's households are more than 1")
    exact = [divmod(value * part, WHOLE) for part in (*(share.share for share in shares), kept)]
    amounts = [fen for fen, _ in exact]
    producer = len(shares)

    def turn(place: int) -> tuple[int, bool, str, str]:
        who = ("", "") if place == producer else (shares[place].household_code, str(shares[place].branch))
        return -exact[place][1], place == producer, *who

    left_over = value - sum(amounts)
    for place in sorted(range(len(exact)), key=turn)[:left_over]:
        amounts[place] += 1
    return Split(tuple(amounts[:producer]), amounts[producer])


def is_sold(quantity: int, minimum: int | None, step: int | None) -> bool:
    """Whether so much can be ordered: at least the minimum 起订量, in whole steps 订货单位."""
    return quantity >= (minimum or 0) and (step is None or quantity % step == 0)


def parse_quantity(text: str) -> int:
    """Return the thousandths of a unit that `text` names; raises ValueError for anything but up to three decimals."""
    if re.fullmatch(QUANTITY_PATTERN, text, re.ASCII) is None:
        raise ValueError("a quantity is digits with at most three decimals, for example 20.000")
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(_DECIMALS, "0"))


def format_quantity(thousandths: int) -> str:
    """Return a quantity as text with exactly three decimals."""
    whole, fraction = divmod(thousandths, _PER_UNIT)
    return f"{whole}.{fraction:0{_DECIMALS}d}"


def parse_change(text: str) -> int:
    """Return the thousandths that `text` adds or, after a minus, takes; raises ValueError as `parse_quantity` does."""
    amount = parse_quantity(text.removeprefix("-") if text.startswith("-") else text.removeprefix("+"))
    return -amount if text.startswith("-") else amount


def format_change(thousandths: int) -> str:
    """Return a change as text with exactly three decimals, below zero with a minus."""
    return ("-" if thousandths < 0 else "") + format_quantity(abs(thousandths))
