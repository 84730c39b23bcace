"""What can be asked about orders. An order is for those who buy or supply it."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.schemas import BuyerCode
from services.consumption.buyers.store import bought_for, deals_in, demand_yours, is_supplier
from services.consumption.models import Order
from services.consumption.orders.errors import OrderNotFound
from services.consumption.orders.schemas import OrderOut
from services.consumption.orders.sheets import ORDER_LIST
from services.consumption.orders.store import show_orders
from shared.codes.consumption import OrderStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.filters import Columns
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.words.said import says

_ORDERS = table_of(Order)


class OrderList(ListQuery):
    """Which orders 订单 are asked for, the newest first."""

    order = newest_by("placed_at")
    sheet = ORDER_LIST
    buyer_code: BuyerCode | None = None
    status: OrderStatus | None = None
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Orders that the caller buys, and those it supplies in its regions.

        Raises BuyerOfAnotherClient where it asks for another buyer's.
        """
        if self.buyer_code is not None:
            demand_yours(reading, self.buyer_code)
        buyers = reading.connection.scalars(bought_for(reading.actor)).all()
        supplied = super().visible(reading, columns) if is_supplier(reading.actor) else None
        if supplied is not None and not buyers:
            return supplied
        bought = _of_buyers(buyers)
        return bought if supplied is None else bought | supplied


def _of_buyers(codes: Sequence[str]) -> sa.ColumnElement[bool]:
    """Orders of these buyers: those of a single one are read in the order of the list, and nothing is sorted."""
    return _ORDERS.c.buyer_code == codes[0] if len(codes) == 1 else _ORDERS.c.buyer_code.in_(codes)


def order(reading: Reading, order_id: UUID) -> OrderOut:
    """An order that the caller buys or supplies."""
    row = reading.connection.execute(sa.select(_ORDERS).where(_ORDERS.c.id == order_id)).one_or_none()
    if row is None or not deals_in(reading, row):
        raise OrderNotFound(says("no-such-order", order=order_id))
    return show_orders(reading, [row])[0]


def orders(reading: Reading, asked: OrderList) -> Page[OrderOut]:
    """Orders with their lines."""
    return asked.page(reading, sa.select(_ORDERS), lambda rows: show_orders(reading, rows))
