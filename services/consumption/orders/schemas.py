"""Bodies of orders."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.consumption.buyers.rules import BUYING
from services.consumption.buyers.schemas import BuyerCode
from services.consumption.orders.rules import line_value
from services.consumption.products.schemas import ProductCode, Quantity, QuantityShown, SomeQuantity
from shared.codes.consumption import OrderAction, OrderStatus
from shared.codes.monitoring import IncomeBranch
from shared.findings import WrongValue
from shared.http.fields import Body, Day, Identifier, Remark, Text
from shared.money import FenAsYuan, PositiveYuan
from shared.words.said import says

MAX_LINES = 100


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

    @field_validator("lines")
    @classmethod
    def _products_are_distinct(cls, lines: list[LineIn]) -> list[LineIn]:
        if len({line.product_code for line in lines}) < len(lines):
            raise WrongValue(says("product-in-two-lines"))
        return lines


class ReceivedIn(Body):
    """What arrived of one line."""

    line_no: int = Field(strict=True, ge=1)
    received: Quantity


class TransitionIn(Body):
    """What is done with an order."""

    action: OrderAction
    lines: list[ReceivedIn] | None = Field(
        None,
        max_length=MAX_LINES,
        description="What arrived, with `receive` only. A line not named arrived in full, or after a dispute as before",
    )
    note: Annotated[Remark, Field(min_length=1)] | None = Field(
        None, description="For the history, which both sides read: with `dispute`, what is disputed"
    )

    @field_validator("lines")
    @classmethod
    def _belong_to_receive(cls, lines: list[ReceivedIn] | None, info: ValidationInfo) -> list[ReceivedIn] | None:
        if lines is None:
            return None
        if "action" in info.data and info.data["action"] is not OrderAction.RECEIVE:
            raise WrongValue(says("lines-without-receive"))
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


class LineOut(BaseModel):
    """A line of an order: the product as it was when the order was placed."""

    line_no: int
    product_code: str
    producer_code: str
    name: str
    unit: str
    specification: str | None
    quantity: QuantityShown = Field(description="What was ordered")
    price: FenAsYuan = Field(description="Of one unit")
    received: QuantityShown | None = Field(description="What arrived; null before")
    value: FenAsYuan = Field(description="Of what arrived, before that of what was ordered")
    credits: list[CreditOut] | None = Field(
        description="What households got, once settled; null unless you are the supply side"
    )
    producer_amount: FenAsYuan | None = Field(
        description="What the producer keeps, once settled; null unless you are the supply side"
    )

    @classmethod
    def of(cls, row: Mapping[str, Any], got: list[CreditOut] | None) -> Self:
        """A line from its row, with what households got; None hides that and what the producer keeps."""
        received = row.get("received")
        return cls(
            line_no=row["line_no"],
            product_code=row["product_code"],
            producer_code=row["producer_code"],
            name=row["name"],
            unit=row["unit"],
            specification=row["specification"],
            quantity=row["quantity"],
            price=row["price"],
            received=received,
            value=line_value(row["price"], row["quantity"] if received is None else received),
            credits=got,
            producer_amount=None if got is None else row.get("producer_amount"),
        )


class OrderStepOut(BaseModel):
    """A step taken with an order."""

    at: dt.datetime
    action: Literal["place"] | OrderAction
    by: str = Field(description="The client that took it")
    side: Literal["buyer", "supply"] = Field(description="Which side that client stood on")
    for_buyer: bool = Field(description="Whether the supply side took a step that is the buyer's to take")
    status: OrderStatus = Field(description="Where the order stood afterwards")
    note: str | None

    @classmethod
    def of(cls, step: Mapping[str, Any]) -> Self:
        """A step from its row: the side is that of the scope under which it was taken."""
        side = "buyer" if step["side"] == BUYING else "supply"
        return cls.model_validate({**step, "side": side, "for_buyer": step["stands_in"]})


class OrderOut(BaseModel):
    """An order."""

    order_id: UUID
    buyer_code: str
    buyer_order_no: str
    region_code: str = Field(description="Where the producer of its first line is; all are in the same county")
    request_id: UUID | None
    status: OrderStatus
    placed_at: dt.datetime
    updated_at: dt.datetime
    settled_on: dt.date | None
    deliver_by: dt.date | None
    deliver_to: str | None
    contact: str | None = Field(description="Masked for a client that neither placed nor supplies the order")
    invoice_title: str | None
    total: FenAsYuan = Field(description="The values of its lines together")
    lines: list[LineOut]
    history: list[OrderStepOut] = Field(description="The oldest first")
    allowed_actions: list[OrderAction] = Field(description="What you may do with it now")

    @classmethod
    def of(
        cls,
        row: Any,
        lines: list[LineOut],
        history: Sequence[Mapping[str, Any]],
        allowed: Sequence[OrderAction],
        *,
        contact: str | None,
    ) -> Self:
        """An order from its row, its lines and its history; the contact 联系人 as the caller may see it."""
        return cls(
            order_id=row.id,
            buyer_code=row.buyer_code,
            buyer_order_no=row.buyer_order_no,
            region_code=row.region_code,
            request_id=row.request_id,
            status=row.status,
            placed_at=row.placed_at,
            updated_at=row.updated_at,
            settled_on=row.settled_on,
            deliver_by=row.deliver_by,
            deliver_to=row.deliver_to,
            contact=contact,
            invoice_title=row.invoice_title,
            total=sum(line.value for line in lines),
            lines=lines,
            history=[OrderStepOut.of(step) for step in history],
            allowed_actions=list(allowed),
        )
