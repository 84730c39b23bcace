"""Bodies of statements."""

import datetime as dt
from uuid import UUID

from pydantic import BaseModel, Field

from shared.codes.consumption import EntryKind
from shared.money import SignedFenAsYuan
from shared.months import Month


class StatementLineOut(BaseModel):
    """What a statement says of one delivery on one day, or of one payment."""

    on: dt.date
    kind: EntryKind
    order_id: UUID | None = Field(description="Null of a payment")
    buyer_order_no: str | None
    delivery_no: str | None
    source: str | None = Field(description="Who told of the payment")
    source_ref: str | None
    amount: SignedFenAsYuan = Field(description="By how much the value grew, or what was paid")


class StatementOut(BaseModel):
    """A monthly statement 对账单: opening + settled + restated − paid = closing."""

    buyer_code: str
    month: Month
    opening: SignedFenAsYuan = Field(description="What was owed when the month began; below zero, paid ahead")
    settled: SignedFenAsYuan
    restated: SignedFenAsYuan
    paid: SignedFenAsYuan
    closing: SignedFenAsYuan
    lines: list[StatementLineOut] = Field(description="By day")
