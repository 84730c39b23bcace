"""The steps of an order 订单, and who takes each."""

from typing import Final

from services.consumption.buyers.rules import BUYING, SUPPLYING
from shared.codes.consumption import OrderAction, OrderStatus
from shared.procedures.steps import Procedure, Step

PLACED: Final = "place"
"""下单: how the history of an order begins."""

_BUYER, _SUPPLY = (BUYING, SUPPLYING), (SUPPLYING,)
_COMING: Final = (OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.RECEIVED, OrderStatus.SETTLED)
"""Where deliveries are on their way or came; an order is there by what became of them."""
_UNDER_WAY: Final = (*_COMING, OrderStatus.DISPUTED)
_SHIPPED: Final = (OrderStatus.SHIPPED, OrderStatus.PARTLY_SHIPPED)


def _keeping(action: OrderAction, scopes: tuple[str, ...], *at: OrderStatus) -> list[Step[OrderStatus, OrderAction]]:
    """A step that changes what an order is worth, and not where it stands."""
    return [Step(status, action, status, scopes) for status in at]


TRANSITIONS: Final = Procedure(
    "an-order",
    Step(OrderStatus.PLACED, OrderAction.ACCEPT, OrderStatus.ACCEPTED, _SUPPLY),
    Step(OrderStatus.PRE_ORDERED, OrderAction.CONFIRM, OrderStatus.PLACED, _BUYER),
    Step(OrderStatus.PRE_ORDERED, OrderAction.CANCEL, OrderStatus.CANCELLED, _BUYER),
    Step(OrderStatus.PLACED, OrderAction.CANCEL, OrderStatus.CANCELLED, _BUYER),
    Step(OrderStatus.ACCEPTED, OrderAction.CANCEL, OrderStatus.CANCELLED, _BUYER),
    Step(OrderStatus.ACCEPTED, OrderAction.SHIP, OrderStatus.SHIPPED, _SUPPLY, or_after=_SHIPPED[1:]),
    Step(OrderStatus.PARTLY_SHIPPED, OrderAction.SHIP, OrderStatus.SHIPPED, _SUPPLY, or_after=_SHIPPED[1:]),
    Step(OrderStatus.PARTLY_SHIPPED, OrderAction.FINISH, OrderStatus.SHIPPED, _SUPPLY, or_after=_COMING[2:]),
    Step(OrderStatus.PARTLY_SHIPPED, OrderAction.RECEIVE, OrderStatus.PARTLY_SHIPPED, _BUYER),
    Step(OrderStatus.SHIPPED, OrderAction.RECEIVE, OrderStatus.RECEIVED, _BUYER, or_after=(OrderStatus.SHIPPED,)),
    *_keeping(OrderAction.RECEIVE, _BUYER, OrderStatus.RECEIVED, OrderStatus.SETTLED),
    Step(OrderStatus.DISPUTED, OrderAction.RECEIVE, OrderStatus.RECEIVED, _BUYER, or_after=_UNDER_WAY),
    Step(OrderStatus.RECEIVED, OrderAction.SETTLE, OrderStatus.SETTLED, _SUPPLY, or_after=(OrderStatus.RECEIVED,)),
    *_keeping(OrderAction.SETTLE, _SUPPLY, *_COMING[:2]),
    *(Step(status, OrderAction.DISPUTE, OrderStatus.DISPUTED, _BUYER, or_after=(status,)) for status in _COMING),
    *_keeping(OrderAction.ADJUST, _SUPPLY, OrderStatus.ACCEPTED, *_UNDER_WAY),
    *_keeping(OrderAction.AGREE, _BUYER, OrderStatus.ACCEPTED, *_UNDER_WAY),
    *_keeping(OrderAction.DECLINE, _BUYER, OrderStatus.ACCEPTED, *_UNDER_WAY),
    *_keeping(OrderAction.RETURN, _BUYER, *_UNDER_WAY),
    *_keeping(OrderAction.ACCEPT_RETURN, _SUPPLY, *_UNDER_WAY),
    *_keeping(OrderAction.REFUSE_RETURN, _SUPPLY, *_UNDER_WAY),
)
"""What may be done, by whom, and where it leads. No step can be skipped, and nothing leads out of closed or cancelled.

A buyer neither accepts its own order nor pays it out. The supply side may take every step; a price is never answered by
the client that proposed it.
"""
