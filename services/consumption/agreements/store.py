"""Agreements in the database, and whether an order belongs to one."""

import datetime as dt

import sqlalchemy as sa

from services.consumption.agreements.errors import AgreementNotFound, AgreementOfSomethingElse
from services.consumption.models import Agreement
from shared.codes.consumption import PurchaseWay
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.regions import is_within
from shared.words.said import says

_AGREEMENTS = table_of(Agreement)


def demand_agreement(
    reading: Reading, number: str, *, buyer_code: str, way: PurchaseWay, region_code: str, on: dt.date
) -> None:
    """Refuse an order under an agreement that does not cover it.

    Raises:
        AgreementNotFound: there is none by that number, or it is another buyer's.
        AgreementOfSomethingElse: it is of another way or year, or of a region in which the producer is not.
    """
    row = reading.connection.execute(sa.select(_AGREEMENTS).where(_AGREEMENTS.c.code == number)).one_or_none()
    if row is None or row.buyer_code != buyer_code:
        raise AgreementNotFound(says("no-such-agreement", agreement=number))
    if (row.way, row.year) != (way, on.year) or not is_within(region_code, row.region_code):
        said = says("agreement-covers", agreement=number, way=row.way, year=row.year, region=row.region_code)
        raise AgreementOfSomethingElse(said, way=str(row.way), year=row.year, region_code=row.region_code)
