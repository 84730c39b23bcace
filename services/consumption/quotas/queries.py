"""What can be asked about quotas."""

from services.consumption.buyers.errors import BuyerNotFound
from services.consumption.buyers.store import find_buyer, spoken_for
from services.consumption.models import Quota
from services.consumption.quotas.errors import QuotaNotFound
from services.consumption.quotas.schemas import QuotaOut
from services.consumption.quotas.store import bought_in, code_of
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.words.said import says

_QUOTAS = table_of(Quota)


def quota(reading: Reading, buyer_code: str, year: int) -> QuotaOut:
    """What a buyer reserves for a year, and how much of it was bought. Raises BuyerNotFound or QuotaNotFound."""
    if find_buyer(reading, buyer_code).code not in spoken_for(reading, [buyer_code]):
        raise BuyerNotFound(says("no-such-buyer", buyer=buyer_code))
    mine = _QUOTAS.select().where(_QUOTAS.c.code == code_of(buyer_code, year))
    row = reading.connection.execute(mine).one_or_none()
    if row is None:
        raise QuotaNotFound(says("no-such-quota", buyer=buyer_code, year=year))
    return QuotaOut.of(row, bought_in(reading, buyer_code, year))
