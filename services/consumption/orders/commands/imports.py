"""Orders from a file: a row a line, the rows of an order together."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.consumption.buyers.rules import BUYING, SUPPLYING
from services.consumption.orders.commands.channel import ChannelSaleIn, record_channel_sale
from services.consumption.orders.commands.place import lock_offers, place_order
from services.consumption.orders.schemas import OrderIn
from services.consumption.orders.sheets import CHANNEL_SALES, ORDERS
from shared.codes.operations import RowStatus
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Sender, Taken
from shared.imports.rows import each

_ROWS_AT_ONCE: Final = 100
"""Others who order the same products wait for the commit."""


def _read(_: Sender, document: Mapping[str, Any]) -> OrderIn:
    return OrderIn.model_validate(document)


def _take(uow: UnitOfWork, sender: Sender, orders: Sequence[OrderIn]) -> Sequence[Taken]:
    """Place the orders, with the locks of all of them taken first and in order: two files never wait in a ring."""
    lock_offers(uow, orders)
    return each(_place)(uow, sender, orders)


def _place(uow: UnitOfWork, order: OrderIn) -> Taken:
    return Taken(RowStatus.ACCEPTED if place_order(uow, order).created else RowStatus.DUPLICATE)


IMPORT_ORDERS: Final = ImportKind(
    ORDERS, (BUYING, SUPPLYING), read=_read, take=_take, rows_at_once=_ROWS_AT_ONCE, has_source=False
)


def _read_sale(_: Sender, document: Mapping[str, Any]) -> ChannelSaleIn:
    return ChannelSaleIn.model_validate(document)


def _take_sales(uow: UnitOfWork, sender: Sender, sales: Sequence[ChannelSaleIn]) -> Sequence[Taken]:
    lock_offers(uow, sales)
    return each(_record)(uow, sender, sales)


def _record(uow: UnitOfWork, sale: ChannelSaleIn) -> Taken:
    return Taken(RowStatus.ACCEPTED if record_channel_sale(uow, sale).created else RowStatus.DUPLICATE)


IMPORT_CHANNEL_SALES: Final = ImportKind(
    CHANNEL_SALES, (SUPPLYING,), read=_read_sale, take=_take_sales, rows_at_once=_ROWS_AT_ONCE, has_source=False
)
