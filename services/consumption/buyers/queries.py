"""What can be asked about buyers."""

import sqlalchemy as sa

from services.consumption.buyers.errors import BuyerNotFound
from services.consumption.buyers.schemas import BuyerOut
from services.consumption.buyers.sheets import BUYER_LIST
from services.consumption.models import Buyer
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.words.said import says

_BUYERS = table_of(Buyer)


def buyer(reading: Reading, code: str) -> BuyerOut:
    """A buyer with the client that orders for it."""
    row = reading.connection.execute(sa.select(_BUYERS).where(_BUYERS.c.code == code)).one_or_none()
    if row is None:
        raise BuyerNotFound(says("no-such-buyer", buyer=code))
    return BuyerOut.of(row)


class BuyerList(ListQuery):
    """The buyers 采购单位, by code. They lie in no region."""

    order = by("code")
    sheet = BUYER_LIST
    region = None


def buyers(reading: Reading, asked: BuyerList) -> Page[BuyerOut]:
    """Buyers with the clients that order for them."""
    return asked.page(reading, sa.select(_BUYERS), AsKept(BuyerOut))
