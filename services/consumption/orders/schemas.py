"""Bodies of orders."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.consumption.buyers.rules import BUYING, SUPPLYING
from services.consumption.buyers.schemas import BuyerCode
from services.consumption.products.schemas import ProductCode, Quantity, QuantityShown, SomeQuantity
from shared.codes.consumption import (
    AdjustmentStatus,
    DefectReason,
    OrderAction,
    OrderChange,
    OrderDeliveryStatus,
    OrderMode,
    OrderStatus,
    PurchaseWay,
    ReturnStatus,
)
from shared.codes.monitoring import IncomeBranch
from shared.findings import WrongValue
from shared.http.fields import Body, Code, Day, Identifier, Remark, Text
from shared.money import FenAsYuan, PositiveYuan
from shared.words.said import says

MAX_LINES = 100
ACTIONS_OF_LINES = {
    OrderAction.SHIP,
    OrderAction.RECEIVE,
    OrderAction.DISPUTE,
    OrderAction.ADJUST,
    OrderAction.RETURN,
}
DeliveryNo = Annotated[Code, Field(examples=["1"])]


class LineIn(Body):
    """What is ordered of one product."""

    product_code: ProductCode
    quantity: SomeQuantity
    price: PositiveYuan | None = Field(None, description="The price you saw: the order is refused at another one")


class OrderIn(Body):
    """An order 订单. The same number of the same buyer is the same order."""

    buyer_code: BuyerCode = Field(description="The buyer 采购单位: one of those your client orders for")
    buyer_order_no: Identifier = Field(max_length=64, description="The buyer's own number")
    request_id: UUID | None = Field(None, description="The request it answers: its household has a share in a line")
    lines: list[LineIn] = Field(min_length=1, max_length=MAX_LINES, description="Numbered from 1 in this order")
    deliver_by: Day | None = Field(None, description="The last day on which it is wanted; not in the past")
    deliver_to: Annotated[Text, Field(max_length=256)] | None = None
    contact: Annotated[Text, Field(max_length=128)] | None = Field(
        None, description="Whom to ask on delivery; shown to your client and to the supply side"
    )
    invoice_title: Annotated[Text, Field(max_length=128)] | None = Field(None, description="发票抬头")
    mode: OrderMode = Field(OrderMode.DIRECT, description="`pre` is reserved until it is confirmed, or lapses")
    way: PurchaseWay = Field(PurchaseWay.PURCHASE, description="What it counts as")
    agreement_no: Identifier | None = Field(None, max_length=64, description="The agreement 协议 it fulfils")
    incident_id: UUID | None = Field(None, description="The slow sale 滞销 it helps with")

    @field_validator("lines")
    @classmethod
    def _products_are_distinct(cls, lines: list[LineIn]) -> list[LineIn]:
        if len({line.product_code for line in lines}) < len(lines):
            raise WrongValue(says("product-in-two-lines"))
        return lines


class StepLineIn(Body):
    """What a step does with one line; each action takes the fields that are its own."""

    line_no: int = Field(strict=True, ge=1)
    quantity: SomeQuantity | None = Field(None, description="With `ship` what is shipped, with `return` what goes back")
    batch_code: Code | None = Field(None, description="With `ship`: the batch 批次 it comes from")
    received: Quantity | None = Field(None, description="With `receive`: what arrived")
    rejected: Quantity | None = Field(None, description="With `receive`: what of it was refused at the door")
    price: PositiveYuan | None = Field(None, description="With `adjust`: the other price of one unit")
    reason: Annotated[Remark, Field(min_length=1)] | None = Field(
        None,
        description="With `receive` where something was refused, and with `return`: a code of `DefectReason`; with "
        "`adjust` in words",
    )


class TransitionIn(Body):
    """What is done with an order."""

    action: OrderAction
    lines: list[StepLineIn] | None = Field(
        None,
        max_length=MAX_LINES,
        description="With `ship` what is shipped, without lines all that is left; with `receive` what arrived: a line "
        "not named arrived in full, or after a dispute as before; with `dispute` what is disputed, without lines the "
        "whole order; `adjust` and `return` cannot do without",
    )
    delivery_no: DeliveryNo | None = Field(
        None, description="With `ship` the number you give it, without one the next; else the delivery that is meant"
    )
    return_no: DeliveryNo | None = Field(None, description="With `return` your number for it, and with its answer")
    restock: bool = Field(default=False, strict=True, description="With `accept_return`: the goods can be sold again")
    note: Annotated[Remark, Field(min_length=1)] | None = Field(
        None, description="For the history, which both sides read: with `dispute`, what is disputed"
    )

    @field_validator("lines")
    @classmethod
    def _belong_to_the_action(cls, lines: list[StepLineIn] | None, info: ValidationInfo) -> list[StepLineIn] | None:
        if lines is None:
            return None
        if info.data.get("action", OrderAction.SHIP) not in ACTIONS_OF_LINES:
            raise WrongValue(says("step-without-lines"))
        if len({line.line_no for line in lines}) < len(lines):
            raise WrongValue(says("line-named-twice"))
        return lines


class CreditOut(BaseModel):
    """What a household got of a settled line."""

    household_code: str
    branch: IncomeBranch
    amount: FenAsYuan

    @classmethod
    def of(cls, row: Any) -> Self:
        """What a household got, from the row of its share."""
        return cls(household_code=row.household_code, branch=row.branch, amount=row.amount)


class KeptOut(BaseModel):
    """What a producer keeps of a settled line."""

    producer_code: str
    amount: FenAsYuan


class LineOut(BaseModel):
    """A line of an order: the product as it was when the order was placed, and what came of it by now."""

    line_no: int
    product_code: str
    producer_code: str
    name: str
    unit: str
    specification: str | None
    quantity: QuantityShown = Field(description="What was ordered")
    price: FenAsYuan = Field(description="Of one unit, as ordered or as both sides agreed since")
    shipped: QuantityShown
    received: QuantityShown | None = Field(description="What arrived; null before")
    rejected: QuantityShown = Field(description="What of it was refused at the door")
    returned: QuantityShown = Field(description="What of it went back")
    value: FenAsYuan = Field(description="Of what arrived and stayed, before that of what was ordered")
    credits: list[CreditOut] | None = Field(
        description="What households got, once settled; null unless you are the supply side"
    )
    kept: list[KeptOut] | None = Field(
        description="What producers keep, once settled; null unless you are the supply side"
    )
    producer_amount: FenAsYuan | None = Field(
        description="What the producer of the line keeps, once settled; null unless you are the supply side"
    )


class OrderDeliveryLineOut(BaseModel):
    """What a delivery brings of a line."""

    line_no: int
    quantity: QuantityShown = Field(description="What was shipped")
    batch_code: str | None
    received: QuantityShown | None = Field(description="What arrived; null before")
    rejected: QuantityShown
    reason: DefectReason | None = Field(description="Why something was refused at the door")
    returned: QuantityShown
    held: bool = Field(description="Whether it is disputed, and not settled")
    price: FenAsYuan
    value: FenAsYuan = Field(description="Of what arrived and stayed, before that of what was shipped")

    @classmethod
    def of(cls, row: Any, price: int, value: int) -> Self:
        """A line of a delivery from its row."""
        return cls(
            line_no=row.line_no,
            quantity=row.quantity,
            batch_code=row.batch_code,
            received=row.received,
            rejected=row.rejected,
            reason=row.reason,
            returned=row.returned,
            held=row.held,
            price=price,
            value=value,
        )


class OrderDeliveryOut(BaseModel):
    """A delivery 交付."""

    delivery_no: str
    status: OrderDeliveryStatus
    shipped_on: dt.date
    received_on: dt.date | None
    lines: list[OrderDeliveryLineOut]


class AdjustedLineOut(BaseModel):
    """The other price of a line."""

    line_no: int
    price: FenAsYuan
    reason: str


class AdjustmentOut(BaseModel):
    """A price difference 价差."""

    status: AdjustmentStatus
    proposed_by: str = Field(description="The client; another one answers")
    proposed_on: dt.date
    lines: list[AdjustedLineOut]


class ReturnedLineOut(BaseModel):
    """What of a line goes back."""

    line_no: int
    quantity: QuantityShown
    reason: DefectReason


class ReturnOut(BaseModel):
    """A return 退货."""

    return_no: str
    delivery_no: str
    status: ReturnStatus
    requested_on: dt.date
    restocked: bool = Field(description="Whether the goods can be ordered again")
    lines: list[ReturnedLineOut]


_SIDES: Mapping[str | None, str] = {BUYING: "buyer", SUPPLYING: "supply"}


class OrderStepOut(BaseModel):
    """A step taken with an order."""

    at: dt.datetime
    action: Literal["place"] | OrderAction | OrderChange
    by: str = Field(description="The client that took it")
    side: Literal["buyer", "supply"] | None = Field(description="Which side that client stood on; null of the clock")
    for_buyer: bool = Field(description="Whether the supply side took a step that is the buyer's to take")
    status: OrderStatus = Field(description="Where the order stood afterwards")
    note: str | None

    @classmethod
    def of(cls, step: Mapping[str, Any]) -> Self:
        """A step from its row: the side is that of the scope under which it was taken."""
        side = _SIDES.get(step["side"])
        return cls.model_validate({**step, "side": side, "for_buyer": step["stands_in"]})


class OrderOut(BaseModel):
    """An order."""

    order_id: UUID
    buyer_code: str
    buyer_order_no: str
    region_code: str = Field(description="Where the producer of its first line is; all are in the same county")
    request_id: UUID | None = Field(description="Null unless you are the supply side, or placed the order")
    status: OrderStatus
    mode: OrderMode
    way: PurchaseWay
    agreement_no: str | None
    incident_id: UUID | None
    channel: str | None = Field(description="Where it was sold, if not here: `buyer_order_no` is the number there")
    placed_at: dt.datetime
    updated_at: dt.datetime
    confirm_by: dt.datetime | None = Field(description="When what is pre-ordered lapses")
    due_on: dt.date | None = Field(description="By when the supply side accepts it, or settles what came")
    due_provisional: bool = Field(description="Whether the working days of that year are not announced yet")
    overdue: bool
    settled_on: dt.date | None
    closes_on: dt.date | None = Field(description="The last day on which something can go back")
    deliver_by: dt.date | None
    deliver_to: str | None
    contact: str | None = Field(description="Masked for a client that neither placed nor supplies the order")
    invoice_title: str | None
    total: FenAsYuan = Field(description="The values of its lines together")
    lines: list[LineOut]
    deliveries: list[OrderDeliveryOut] = Field(description="In the order in which they were shipped")
    adjustment: AdjustmentOut | None = Field(description="The price difference that was proposed last")
    returns: list[ReturnOut]
    history: list[OrderStepOut] = Field(description="The oldest first")
    allowed_actions: list[OrderAction] = Field(description="What you may do with it now")
