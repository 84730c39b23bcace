"""What was sold through a channel 渠道 elsewhere, such as the 832 platform: placed, delivered and settled at once."""

from typing import Final

from pydantic import Field, model_validator

from services.consumption.buyers.rules import SUPPLYING
from services.consumption.orders.commands.deal import lock_deal
from services.consumption.orders.commands.place import PlacedOrder, place_order
from services.consumption.orders.commands.transition import take
from services.consumption.orders.schemas import OrderIn, TransitionIn
from services.consumption.orders.store import show_orders
from shared.codes.consumption import OrderAction, OrderMode
from shared.db.unit_of_work import UnitOfWork
from shared.findings import WrongValue
from shared.http.fields import Code
from shared.procedures.steps import Caller
from shared.words.said import says

_WAY: Final = (OrderAction.ACCEPT, OrderAction.SHIP, OrderAction.RECEIVE, OrderAction.SETTLE)


class ChannelSaleIn(OrderIn):
    """A settlement of a channel: the order's number is that of the channel, and each line says what was paid."""

    channel: Code = Field(examples=["832"])

    @model_validator(mode="after")
    def _says_what_was_paid(self) -> "ChannelSaleIn":
        if self.mode is not OrderMode.DIRECT or any(line.price is None for line in self.lines):
            raise WrongValue(says("sale-without-price"))
        return self


def record_channel_sale(uow: UnitOfWork, body: ChannelSaleIn) -> PlacedOrder:
    """Record what a channel settled: the order goes all its steps at once. The same again changes nothing.

    The stock is taken as by every order. Raises what an order, or the supply side's step, is refused for.
    """
    uow.actor.demand(SUPPLYING)
    placed = place_order(uow, body, body.channel)
    if not placed.created:
        return placed
    deal = lock_deal(uow, placed.order.order_id)
    uow.actor.demand_region(deal.order.region_code)
    caller = Caller.of(uow.actor, deal.order.region_code)._replace(scopes=[SUPPLYING])
    for action in _WAY:
        take(uow, deal, TransitionIn(action=action), caller)
    return PlacedOrder(show_orders(uow, [deal.order])[0], created=True)
