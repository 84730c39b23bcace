"""The steps of an order, and who takes each."""

from typing import Final

from services.consumption.buyers.rules import BUYING, SUPPLYING
from shared.codes.consumption import OrderAction, OrderStatus
from shared.transitions import Procedure, Step

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
