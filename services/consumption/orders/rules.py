"""What a line is worth and who gets how much of it; where an order stands, and what can be done with it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.consumption.products.rules import PER_UNIT
from shared.codes.consumption import AdjustmentStatus, OrderAction, OrderDeliveryStatus, OrderStatus, ReturnStatus
from shared.codes.monitoring import IncomeBranch
from shared.money import divide_half_up
from shared.shares import WHOLE


@dataclass(frozen=True, slots=True)
class Share:
    """A household's share of what its producer sells, in ten-thousandths, as income of one branch."""

    household_code: str
    branch: IncomeBranch
    share: int

    @property
    def turn(self) -> tuple[int, str, str]:
        """Households come first, by code."""
        return 0, self.household_code, str(self.branch)


@dataclass(frozen=True, slots=True)
class ProducerShare:
    """The share of a producer that another one is linked to, such as a cooperative's in what a firm sells 双绑."""

    producer_code: str
    share: int

    @property
    def turn(self) -> tuple[int, str, str]:
        """Linked producers come after households, by code."""
        return 1, self.producer_code, ""


Link = Share | ProducerShare
_ITSELF = (2, "", "")
"""The turn of the producer: the last."""


class Split(NamedTuple):
    """A value in fen, divided: one part for each link in the order given, and what the producer keeps."""

    parts: tuple[int, ...]
    rest: int


Party = tuple[str, IncomeBranch]
"""A household and the branch of its income."""


class Division(NamedTuple):
    """A value in fen over two levels of links: what each household gets, and what each producer keeps."""

    credits: Mapping[Party, int]
    kept: Mapping[str, int]


def line_value(price: int, quantity: int) -> int:
    """What so many thousandths of a unit are worth at this price, rounded half up to the fen."""
    return divide_half_up(price * quantity, PER_UNIT)


def price_now(line: Any) -> int:
    """What one unit of a line costs, as both sides agreed last."""
    price: int = line.price if line.agreed_price is None else line.agreed_price
    return price


def split(value: int, links: Sequence[Link]) -> Split:
    """Divide a value over the links of a producer; the producer keeps the rest.

    By largest remainder 最大余额法: everybody gets the whole fen of their exact part, and the fen left over go to the
    largest fractions; equal ones to households by code, then to linked producers by code, the producer last. The parts
    and the rest are the value again, and each differs from its exact part by less than a fen. Raises ValueError for
    shares above 1.
    """
    kept = WHOLE - sum(link.share for link in links)
    if kept < 0:
        raise ValueError("the shares of a producer's links are more than 1")
    exact = [divmod(value * part, WHOLE) for part in (*(link.share for link in links), kept)]
    turns = [*(link.turn for link in links), _ITSELF]
    amounts = [fen for fen, _ in exact]
    left_over = value - sum(amounts)
    for place in sorted(range(len(exact)), key=lambda at: (-exact[at][1], turns[at]))[:left_over]:
        amounts[place] += 1
    return Split(tuple(amounts[:-1]), amounts[-1])


def divide(value: int, producer_code: str, tree: Mapping[str, Sequence[Link]]) -> Division:
    """Divide a value over a producer's links, and a linked producer's part over its own.

    ``tree`` are the links of each producer, without a ring. Two ways to one household and branch are added.
    """
    credits_: defaultdict[Party, int] = defaultdict(int)
    kept: defaultdict[str, int] = defaultdict(int)
    waiting = [(producer_code, value)]
    for giver, part in waiting:
        links = tree.get(giver, ())
        parts, rest = split(part, links)
        kept[giver] += rest
        for link, amount in zip(links, parts, strict=True):
            if isinstance(link, Share):
                credits_[link.household_code, link.branch] += amount
            else:
                waiting.append((link.producer_code, amount))
    return Division(dict(credits_), dict(kept))


def standing(deliveries: Iterable[OrderDeliveryStatus], *, is_left: bool) -> OrderStatus:
    """Where an order stands of which something was shipped; ``is_left`` tells whether more of it is to come."""
    found = set(deliveries)
    if is_left:
        return OrderStatus.PARTLY_SHIPPED
    if OrderDeliveryStatus.SHIPPED in found:
        return OrderStatus.SHIPPED
    return OrderStatus.RECEIVED if OrderDeliveryStatus.RECEIVED in found else OrderStatus.SETTLED


def stays(line: Any) -> int:
    """What of a delivery line the buyer has: what came, without what was refused or went back."""
    came: int = line.received - line.rejected - line.returned
    return came


class Progress(NamedTuple):
    """What of an order waits for a step."""

    comes: bool
    """Whether a delivery is on its way."""
    held: bool
    """Whether lines are disputed."""
    due: bool
    """Whether lines that came can be settled."""
    undisputed: bool
    """Whether lines that came are not disputed."""
    returnable: bool
    adjusting: bool
    """Whether a price difference waits for its answer."""
    returning: bool
    """Whether a return does."""


def progress_of(
    deliveries: Iterable[Any], lines: Sequence[Any], returns: Iterable[Any], adjustments: Iterable[Any]
) -> Progress:
    """What waits, from the deliveries of an order with their lines, its returns and its price differences."""
    came = [line for line in lines if line.received is not None]
    return Progress(
        comes=any(delivery.status is OrderDeliveryStatus.SHIPPED for delivery in deliveries),
        held=any(line.held for line in lines),
        due=any(line.settled_value is None and not line.held for line in came),
        undisputed=any(not line.held for line in came),
        returnable=any(stays(line) for line in came),
        adjusting=any(adjustment.status is AdjustmentStatus.OPEN for adjustment in adjustments),
        returning=any(each.status is ReturnStatus.REQUESTED for each in returns),
    )


def idle_actions(progress: Progress) -> frozenset[OrderAction]:
    """The actions for which an order has nothing, wherever it stands."""
    needs = {
        OrderAction.RECEIVE: progress.comes or progress.held,
        OrderAction.SETTLE: progress.due and not progress.adjusting,
        OrderAction.DISPUTE: progress.undisputed,
        OrderAction.RETURN: progress.returnable,
        OrderAction.ADJUST: not progress.adjusting,
        OrderAction.AGREE: progress.adjusting,
        OrderAction.DECLINE: progress.adjusting,
        OrderAction.ACCEPT_RETURN: progress.returning,
        OrderAction.REFUSE_RETURN: progress.returning,
    }
    return frozenset(action for action, is_there in needs.items() if not is_there)
