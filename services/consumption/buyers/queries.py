"""What can be asked about buyers."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.consumption.buyers.schemas import BuyerOut
from services.consumption.buyers.sheets import BUYER_LIST
from services.consumption.buyers.store import bought_for, find_buyer, is_supplier, load_clients, supplied_regions
from services.consumption.models import Buyer
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.feed.sight import OPEN_TO_BUYERS, Sight
from shared.http.fields import UpdatedAfter
from shared.lists.filters import Columns
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery

_BUYERS = table_of(Buyer)


def buyer(reading: Reading, code: str) -> BuyerOut:
    """A buyer with the clients that order for it."""
    return _shown(reading, [find_buyer(reading, code)])[0]


def changes_seen(reading: Reading, types: frozenset[str] | None) -> Sight:
    """Changes of orders that the caller buys, and all of its regions where it supplies.

    Whoever orders for a buyer also sees what is for sale in all regions, as it does in the catalogue.
    """
    actor = reading.actor
    bought = {code.lower() for code in reading.connection.scalars(bought_for(actor))}
    bought |= {code.lower() for code in actor.buyers or ()}
    return Sight(
        regions=supplied_regions(actor),
        buyers=frozenset(bought),
        everywhere=OPEN_TO_BUYERS if bought else frozenset(),
        types=types,
    )


class BuyerList(ListQuery):
    """The buyers 采购单位, by code. They lie in no region."""

    order = by("code")
    sheet = BUYER_LIST
    region = None
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Return which buyers the caller may see: all for who supplies, else those it orders for."""
        return sa.true() if is_supplier(reading.actor) else columns["code"].in_(bought_for(reading.actor))


def buyers(reading: Reading, asked: BuyerList) -> Page[BuyerOut]:
    """Buyers with the clients that order for them."""
    return asked.page(reading, sa.select(_BUYERS), lambda rows: _shown(reading, rows))


def _shown(reading: Reading, rows: Sequence[sa.Row[Any]]) -> list[BuyerOut]:
    clients = load_clients(reading, [row.code for row in rows])
    return [BuyerOut.of(row, clients.get(row.code, ())) for row in rows]
