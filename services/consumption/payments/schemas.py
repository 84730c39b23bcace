"""Bodies of payments."""

import datetime as dt
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.consumption.buyers.schemas import BuyerCode
from shared.http.fields import Body, Day, Reference, Source
from shared.money import FenAsYuan, PositiveYuan


class PaymentIn(Body):
    """A payment 付款 as the supply side found it in its account."""

    source: Source = Field(description="Who says so", examples=["finance-dejiang"])
    source_ref: Reference = Field(description="Their own reference, used once")
    buyer_code: BuyerCode
    paid_on: Day = Field(description="Not in the future")
    amount: PositiveYuan


class PaymentOut(BaseModel):
    """A payment in the buyer's account."""

    model_config = ConfigDict(from_attributes=True)

    payment_id: UUID = Field(validation_alias="id")
    source: str
    source_ref: str
    buyer_code: str
    region_code: str = Field(description="The region of whoever says so: whose goods are paid for")
    paid_on: dt.date
    amount: FenAsYuan
    recorded_at: dt.datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """A payment from its row."""
        return cls.model_validate(row)
