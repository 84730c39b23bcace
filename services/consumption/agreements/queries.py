"""What can be asked about agreements. An agreement is for its buyer, and for the supply side of its region."""

import sqlalchemy as sa

from services.consumption.agreements.errors import AgreementNotFound
from services.consumption.agreements.schemas import AgreementOut, Year
from services.consumption.agreements.sheets import AGREEMENT_LIST
from services.consumption.buyers.schemas import BuyerCode
from services.consumption.buyers.store import bought_for, buys_for, demand_yours, is_supplier, supplies
from services.consumption.models import Agreement
from shared.codes.consumption import PurchaseWay
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.filters import Columns
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says

_AGREEMENTS = table_of(Agreement)


class AgreementList(ListQuery):
    """Which agreements 产销协议 are asked for, by number."""

    order = by("code")
    sheet = AGREEMENT_LIST
    buyer_code: BuyerCode | None = None
    year: Year | None = None
    region_code: RegionFilter | None = None
    way: PurchaseWay | None = None
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Return which agreements the caller may see: its own, and those of its regions where it supplies.

        Raises BuyerOfAnotherClient where it asks for another buyer's.
        """
        if self.buyer_code is not None:
            demand_yours(reading, self.buyer_code)
        mine = columns["buyer_code"].in_(bought_for(reading.actor))
        return mine | super().visible(reading, columns) if is_supplier(reading.actor) else mine


def agreement(reading: Reading, number: str) -> AgreementOut:
    """An agreement that the caller buys or supplies under. Raises AgreementNotFound."""
    row = reading.connection.execute(sa.select(_AGREEMENTS).where(_AGREEMENTS.c.code == number)).one_or_none()
    if row is None or not (supplies(reading.actor, row.region_code) or buys_for(reading, row.buyer_code)):
        raise AgreementNotFound(says("no-such-agreement", agreement=number))
    return AgreementOut.of(row)


def agreements(reading: Reading, asked: AgreementList) -> Page[AgreementOut]:
    """Agreements of the caller's buyers and regions."""
    return asked.page(reading, sa.select(_AGREEMENTS), AsKept(AgreementOut))
