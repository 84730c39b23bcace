"""What can be asked about buyers."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.consumption.buyers.errors import BuyerNotFound
from services.consumption.buyers.schemas import BuyerOut
from services.consumption.models import Buyer
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.pagination import PageRequest, by_code

_BUYERS = table_of(Buyer)


def buyer(reading: Reading, code: str) -> BuyerOut:
    """A buyer with the client that orders for it."""
    row = reading.connection.execute(sa.select(_BUYERS).where(_BUYERS.c.code == code)).one_or_none()
    if row is None:
        raise BuyerNotFound(f"there is no buyer {code}")
    return BuyerOut.of(row)


def buyers(reading: Reading, page: PageRequest) -> Sequence[BuyerOut]:
    """Buyers by code; one more than the page holds."""
    found = reading.connection.execute(by_code(sa.select(_BUYERS), _BUYERS.c.code, page))
    return [BuyerOut.of(row) for row in found]


def buyer_key(shown: BuyerOut) -> tuple[str, ...]:
    """Where a buyer stands in the list."""
    return (shown.buyer_code,)
