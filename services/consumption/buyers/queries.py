"""What can be asked about buyers."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.consumption.buyers.rules import SUPPLYING
from services.consumption.buyers.schemas import BuyerOut
from services.consumption.buyers.sheets import BUYER_LIST
from services.consumption.buyers.store import bought_for, find_buyer, load_clients
from services.consumption.models import Buyer
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.feed.sight import Sight
from shared.http.fields import UpdatedAfter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery

_BUYERS = table_of(Buyer)


def buyer(reading: Reading, code: str) -> BuyerOut:
    """A buyer with the clients that order for it."""
    return _shown(reading, [find_buyer(reading, code)])[0]


def changes_seen(reading: Reading, types: frozenset[str] | None) -> Sight:
    """Changes of orders that the caller buys, and all of its regions where it supplies."""
    bought = reading.connection.scalars(bought_for(reading.actor))
    regions = reading.actor.regions if reading.actor.may(SUPPLYING) else ()
    return Sight(regions, frozenset(code.lower() for code in bought), types)


class BuyerList(ListQuery):
    """The buyers 采购单位, by code. They lie in no region."""

    order = by("code")
    sheet = BUYER_LIST
    region = None
    updated_after: UpdatedAfter = None


def buyers(reading: Reading, asked: BuyerList) -> Page[BuyerOut]:
    """Buyers with the clients that order for them."""
    return asked.page(reading, sa.select(_BUYERS), lambda rows: _shown(reading, rows))


def _shown(reading: Reading, rows: Sequence[sa.Row[Any]]) -> list[BuyerOut]:
    clients = load_clients(reading, [row.code for row in rows])
    return [BuyerOut.of(row, clients.get(row.code, ())) for row in rows]
