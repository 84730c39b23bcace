"""What a line of an order is worth, and who gets how much of it. Pure decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.consumption.products.rules import PER_UNIT
from shared.codes.monitoring import IncomeBranch
from shared.money import divide_half_up
from shared.shares import WHOLE


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
    return divide_half_up(price * quantity, PER_UNIT)


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
