"""Bodies of demands and of what is proposed for them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.consumption.buyers.schemas import BuyerCode
from services.consumption.demands.procedure import TRANSITIONS
from services.consumption.demands.rules import Chosen, LeftOut, Proposal
from services.consumption.products.schemas import ProductCode, QuantityShown, SomeQuantity
from shared.codes.consumption import DemandAction, DemandStatus, OfferReason
from shared.findings import WrongValue
from shared.http.fields import Body, Code, Day, Identifier, Remark, Text
from shared.money import FenAsYuan, PositiveYuan
from shared.words.said import says

MAX_LINES = 200


class NeedsIn(Body):
    """What the goods have to be; what is left out does not matter."""

    grade: Annotated[Text, Field(max_length=32)] | None = Field(None, description="等级")
    cold_chain: bool | None = None
    recognised: bool | None = Field(None, description="重点产品")
    base: bool | None = Field(None, description="Whether they have to come from a 菜篮子 base")


class DemandIn(Body):
    """A demand 采购需求. The same number of the same buyer is the same demand."""

    buyer_code: BuyerCode
    demand_no: Identifier = Field(max_length=48, description="The buyer's own number")
    commodity_code: Code
    quantity: SomeQuantity = Field(description="In the unit of the commodity")
    max_price: PositiveYuan | None = Field(None, description="Of one unit; null where it does not matter")
    deliver_by: Day = Field(description="The last day on which it is wanted; not in the past")
    needs: NeedsIn = NeedsIn()


class DemandLineIn(Body):
    """A line of an order that is made otherwise than proposed."""

    product_code: ProductCode
    quantity: SomeQuantity


class DemandTransitionIn(Body):
    """What is done with a demand."""

    action: DemandAction
    lines: list[DemandLineIn] | None = Field(
        None, validate_default=True, min_length=1, max_length=MAX_LINES, description="With `overrule`: what is ordered"
    )
    note: Remark | None = Field(
        None, validate_default=True, min_length=1, description="For the history; why, with `overrule`"
    )

    @field_validator("lines")
    @classmethod
    def _lines_are_of_an_overruling(
        cls, lines: list[DemandLineIn] | None, info: ValidationInfo
    ) -> list[DemandLineIn] | None:
        if (lines is not None) is not (info.data.get("action") in TRANSITIONS.needing("lines")):
            raise WrongValue(says("lines-with-overrule"))
        if lines is not None and len({line.product_code for line in lines}) < len(lines):
            raise WrongValue(says("product-in-two-lines"))
        return lines

    @field_validator("note")
    @classmethod
    def _overruling_says_why(cls, note: str | None, info: ValidationInfo) -> str | None:
        if note is None and info.data.get("action") in TRANSITIONS.needing("note"):
            raise WrongValue(says("overrule-says-why"))
        return note


class DemandStepOut(BaseModel):
    """A step that was taken."""

    at: dt.datetime
    action: str = Field(description="`place`, or what was done")
    by: str
    status: DemandStatus
    note: str | None


class DemandOut(BaseModel):
    """A demand."""

    demand_id: UUID = Field(validation_alias="id")
    buyer_code: str
    demand_no: str
    commodity_code: str
    quantity: QuantityShown
    max_price: FenAsYuan | None
    deliver_by: dt.date
    needs: NeedsIn
    status: DemandStatus
    placed_at: dt.datetime
    updated_at: dt.datetime
    orders: list[UUID] = Field(description="The orders it became, one for each county")
    history: list[DemandStepOut] = Field(description="The oldest first")
    allowed_actions: list[DemandAction] = Field(description="What you may do with it now")

    @classmethod
    def of(cls, row: Mapping[Any, Any], orders: Sequence[UUID]) -> Self:
        """A demand from its row, with its steps and its orders."""
        return cls.model_validate({**row, "orders": list(orders)})


class ProposedLineOut(BaseModel):
    """A line that is proposed."""

    product_code: str
    quantity: QuantityShown
    price: FenAsYuan
    why: list[OfferReason]

    @classmethod
    def of(cls, line: Chosen) -> Self:
        """The line as it was chosen."""
        offer = line.offer
        return cls(product_code=offer.product_code, quantity=line.quantity, price=offer.price, why=list(line.why))


class LeftOutOut(BaseModel):
    """A product that is not proposed."""

    product_code: str
    why: list[OfferReason]

    @classmethod
    def of(cls, left_out: LeftOut) -> Self:
        """The product, and everything that speaks against it."""
        return cls(product_code=left_out.offer.product_code, why=list(left_out.why))


class ProposalOut(BaseModel):
    """What is proposed for a demand out of the caller's regions: the machine proposes, people decide."""

    lines: list[ProposedLineOut]
    short: QuantityShown = Field(description="What nothing was found for")
    left_out: list[LeftOutOut] = Field(description="By code")

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        """The proposal as it was reckoned."""
        lines, left_out = map(ProposedLineOut.of, proposal.lines), map(LeftOutOut.of, proposal.left_out)
        return cls(lines=[*lines], short=proposal.short, left_out=[*left_out])
