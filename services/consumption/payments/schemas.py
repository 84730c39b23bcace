"""Bodies of payments."""

import datetime as dt
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.consumption.buyers.schemas import BuyerCode
from shared.codes.records import RecordStatus
from shared.http.fields import Body, Day, Reference, Source
from shared.money import FenAsYuan, PositiveYuan
from shared.regions import RegionFilter


class PaymentReference(Body):
    """A payment by who recorded it and their reference."""

    source: Source = Field(examples=["finance-dejiang"])
    source_ref: Reference


class PaymentIn(Body):
    """A payment 付款 as the supply side found it in its account."""

    source: Source = Field(description="Who says so", examples=["finance-dejiang"])
    source_ref: Reference = Field(description="Their own reference, used once")
    buyer_code: BuyerCode
    paid_on: Day = Field(description="Not in the future")
    amount: PositiveYuan
    region_code: RegionFilter | None = Field(
        None,
        description="Whose goods are paid for; null: the caller's first region, in a correction that of the payment",
    )
    supersedes: PaymentReference | None = Field(
        None, description="The payment of the same region that this one corrects; it may be of another day or buyer"
    )


class PaymentOut(BaseModel):
    """A payment in the buyer's account."""

    model_config = ConfigDict(from_attributes=True)

    payment_id: UUID = Field(validation_alias="id")
    source: str
    source_ref: str
    buyer_code: str
    region_code: str = Field(description="Whose goods are paid for: the region of whoever says so, or the one it named")
    paid_on: dt.date
    amount: FenAsYuan
    supersedes_id: UUID | None = Field(description="The payment that this one corrects")
    status: RecordStatus = Field(description="Whether it counts in the statement")
    recorded_at: dt.datetime
    updated_at: dt.datetime = Field(description="When it was recorded, superseded or withdrawn")

    @classmethod
    def of(cls, row: Any) -> Self:
        """A payment from its row."""
        return cls.model_validate(row)
