"""The steps of an order 订单, and who takes each."""

from typing import Final

from services.consumption.buyers.rules import BUYING, SUPPLYING
from shared.codes.consumption import OrderAction, OrderStatus
from shared.procedures.steps import Procedure, Step

PLACED: Final = "place"
"""下单: how the history of an order begins."""

_BUYER, _SUPPLY = (BUYING, SUPPLYING), (SUPPLYING,)
TRANSITIONS: Final = Procedure(
    "an-order",
    Step(OrderStatus.PLACED, OrderAction.ACCEPT, OrderStatus.ACCEPTED, _SUPPLY),
    Step(OrderStatus.PLACED, OrderAction.CANCEL, OrderStatus.CANCELLED, _BUYER),
    Step(OrderStatus.ACCEPTED, OrderAction.SHIP, OrderStatus.SHIPPED, _SUPPLY),
    Step(OrderStatus.ACCEPTED, OrderAction.CANCEL, OrderStatus.CANCELLED, _SUPPLY),
    Step(OrderStatus.SHIPPED, OrderAction.RECEIVE, OrderStatus.RECEIVED, _BUYER),
    Step(OrderStatus.RECEIVED, OrderAction.SETTLE, OrderStatus.SETTLED, _SUPPLY),
    Step(OrderStatus.RECEIVED, OrderAction.DISPUTE, OrderStatus.DISPUTED, _BUYER),
    Step(OrderStatus.DISPUTED, OrderAction.RECEIVE, OrderStatus.RECEIVED, _BUYER),
)
"""What may be done, by whom, and where it leads. No step can be skipped, and nothing leads out of settled or cancelled.

A buyer neither confirms its own order nor pays it out, and takes it back only while nobody has confirmed it. The supply
side may take every step.
"""
