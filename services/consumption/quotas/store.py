"""Quotas in the database, and what was bought under them."""

import datetime as dt
from collections import Counter

import sqlalchemy as sa

from services.consumption.buyers.store import counting_with
from services.consumption.quotas.rules import Bought
from services.consumption.sales.store import select_settled
from shared.codes.consumption import BuyerKind, PurchaseWay
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading

_PLACES = {BuyerKind.UNION: "of_unions", BuyerKind.PERSONAL: "of_persons"}
"""Where what is bought by others who count with a unit is summed up; the rest is the unit's own."""


def code_of(buyer_code: str, year: int) -> str:
    """The code of a quota: no code of a buyer has a stroke."""
    return f"{buyer_code}/{year}"


def bought_in(reading: Reading, unit_code: str, year: int) -> Bought:
    """What a unit and those that count with it bought and settled in a year."""
    kinds = {row.code: row.kind for row in counting_with(reading, unit_code)}
    settled = select_settled(dt.date(year, 1, 1), dt.date(year, 12, 31)).subquery()
    theirs = is_one_of(settled.c.buyer_code, "codes")
    sums = sa.select(settled.c.buyer_code, settled.c.way, sa.func.sum(settled.c.value).label("value"))
    grouped = sums.where(theirs).group_by(settled.c.buyer_code, settled.c.way)
    bought: Counter[str] = Counter()
    for row in reading.connection.execute(grouped, {"codes": list(kinds)}):
        own = row.buyer_code == unit_code
        place = "of_unit" if own else _PLACES.get(kinds[row.buyer_code], "of_unit")
        bought[place if row.way == PurchaseWay.PURCHASE else "helped_to_sell"] += int(row.value)
    return Bought(**bought)
