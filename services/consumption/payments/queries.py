"""What can be asked about payments. A payment is for the buyer that made it, and for who supplies in its region."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from services.consumption.buyers.schemas import BuyerCode
from services.consumption.buyers.store import bought_for, demand_yours, is_supplier
from services.consumption.models import Payment
from services.consumption.payments.schemas import PaymentOut
from services.consumption.payments.sheets import PAYMENT_LIST
from shared.codes.records import RecordStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.http.fields import Day, Source, UpdatedAfter
from shared.lists.filters import Columns, is_not_after, is_not_before
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.regions import RegionFilter, region_prefix

_PAYMENTS = table_of(Payment)


class PaymentList(ListQuery):
    """Which payments 付款 are asked for, the newest first."""

    order = newest_by("recorded_at")
    sheet = PAYMENT_LIST
    region_code: RegionFilter | None = None
    buyer_code: BuyerCode | None = None
    source: Source | None = None
    status: RecordStatus | None = None
    paid_from: Annotated[Day | None, is_not_before("paid_on")] = Field(None, description="The first day of payment")
    paid_to: Annotated[Day | None, is_not_after("paid_on")] = Field(None, description="The last day of payment")
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Return which payments the caller may see: those of its buyers, and of its regions where it supplies.

        Raises BuyerOfAnotherClient where it asks for another buyer's.
        """
        if self.buyer_code is not None:
            demand_yours(reading, self.buyer_code)
        mine: sa.ColumnElement[bool] = columns["buyer_code"].in_(bought_for(reading.actor))
        if self.region_code is not None:
            mine &= lies_in(columns["region_code"], region_prefix(self.region_code))
        return mine | super().visible(reading, columns) if is_supplier(reading.actor) else mine


def payments(reading: Reading, asked: PaymentList) -> Page[PaymentOut]:
    """Payments, those that were corrected or withdrawn among them."""
    return asked.page(reading, sa.select(_PAYMENTS), AsKept(PaymentOut))
