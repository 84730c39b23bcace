"""HTTP bodies of consumption, in and out."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from stdnum.cn import uscc as credit_code

from services.consumption.rules import QUANTITY_PATTERN, format_quantity, parse_quantity
from shared.contracts.codes import IncomeBranch, OrderAction, OrderStatus, ProducerKind
from shared.http.fields import Body, Code, HouseholdCode, Identifier, RegionCode, Text
from shared.money import FenAsYuan, PositiveYuan
from shared.shares import WHOLE, ShareSent, ShareShown

MAX_LINES = 100
MAX_LINKS = 1000
USCC_LENGTH = 18

ProducerCode = Annotated[Code, Field(examples=["COOP-0001"])]
ProductCode = Annotated[Code, Field(examples=["TEA-0001"])]
BuyerCode = Annotated[Code, Field(examples=["DG-0001"])]
LinkKind = Literal[IncomeBranch.OPERATING, IncomeBranch.WAGE, IncomeBranch.PROPERTY]


def _quantity(value: object) -> int:
    if isinstance(value, str):
        return parse_quantity(value)
    raise ValueError("it is written as text; a JSON number could lose digits")


def _more_than_none(quantity: int) -> int:
    if quantity == 0:
        raise ValueError("it is more than zero")
    return quantity


_AS_QUANTITY = PlainSerializer(format_quantity, return_type=str, when_used="json")
_QUANTITY_SCHEMA = WithJsonSchema({"type": "string", "pattern": QUANTITY_PATTERN, "examples": ["20.000"]})

Quantity = Annotated[int, PlainValidator(_quantity), _AS_QUANTITY, _QUANTITY_SCHEMA]
"""A quantity sent to us: text with at most three decimals outside, thousandths of the unit inside."""
Ordered = Annotated[Quantity, AfterValidator(_more_than_none)]
QuantityShown = Annotated[int, _AS_QUANTITY, _QUANTITY_SCHEMA]


class LinkIn(Body):
    """What one household gets of what the producer sells 联农带农."""

    household_code: HouseholdCode
    share: ShareSent = Field(description="Of the value of each settled line")
    kind: LinkKind = Field(description="The branch of income it is to the household")


class ProducerIn(Body):
    """A producer 供应主体; the whole of it, every time."""

    name: Text = Field(max_length=128)
    kind: ProducerKind
    uscc: str | None = Field(None, description="统一社会信用代码, 18 characters; null where there is none")
    region_code: RegionCode
    links: list[LinkIn] = Field(
        [], max_length=MAX_LINKS, description="Shares make at most 1; the producer keeps the rest"
    )

    @field_validator("uscc")
    @classmethod
    def _is_a_credit_code(cls, uscc: str | None) -> str | None:
        if uscc is None:
            return None
        normal = uscc.upper()
        if len(uscc) != USCC_LENGTH or not uscc.isascii() or not credit_code.is_valid(normal):
            raise ValueError("not a unified social credit code: 18 characters, the last one checks the others")
        return normal

    @field_validator("links")
    @classmethod
    def _links_are_distinct_and_at_most_all(cls, links: list[LinkIn]) -> list[LinkIn]:
        if len({(link.household_code, link.kind) for link in links}) < len(links):
            raise ValueError("a household is named twice for the same kind")
        if sum(link.share for link in links) > WHOLE:
            raise ValueError("the shares are more than 1 together")
        return sorted(links, key=lambda link: (link.household_code, link.kind))


class LinkOut(BaseModel):
    """A household's share."""

    household_code: str
    share: ShareShown
    kind: IncomeBranch


class ProducerOut(BaseModel):
    """A producer."""

    producer_code: str
    name: str
    kind: ProducerKind
    uscc: str | None
    region_code: str
    links: list[LinkOut]


class ProductIn(Body):
    """A product 产品; the whole of it, every time."""

    producer_code: ProducerCode
    name: Text = Field(max_length=128)
    unit: Text = Field(max_length=16, examples=["kg"])
    price: PositiveYuan = Field(description="Of one unit, in yuan")
    stock: Quantity = Field(description="What can be ordered from now on; what is ordered already is kept apart")


class ProductOut(BaseModel):
    """A product as buyers browse it."""

    model_config = ConfigDict(from_attributes=True)

    product_code: str = Field(validation_alias="code")
    producer_code: str
    region_code: str = Field(description="Where its producer is")
    name: str
    unit: str
    price: FenAsYuan
    stock: QuantityShown = Field(validation_alias="available", description="What can still be ordered")


class LineIn(Body):
    """What is ordered of one product."""

    product_code: ProductCode
    quantity: Ordered


class OrderIn(Body):
    """An order 订单. The same number of the same buyer is the same order."""

    buyer_code: BuyerCode = Field(description="The buyer 采购单位; belongs to the client that orders under it first")
    buyer_order_no: Identifier = Field(max_length=64, description="The buyer's own number")
    request_id: UUID | None = Field(None, description="The request it answers: its household has a share in a line")
    lines: list[LineIn] = Field(min_length=1, max_length=MAX_LINES, description="Numbered from 1 in this order")

    @field_validator("lines")
    @classmethod
    def _products_are_distinct(cls, lines: list[LineIn]) -> list[LineIn]:
        if len({line.product_code for line in lines}) < len(lines):
            raise ValueError("a product stands in one line only")
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

    @field_validator("lines")
    @classmethod
    def _belong_to_receive(cls, lines: list[ReceivedIn] | None, info: ValidationInfo) -> list[ReceivedIn] | None:
        if lines is None:
            return None
        if "action" in info.data and info.data["action"] is not OrderAction.RECEIVE:
            raise ValueError("lines come with receive only")
        if len({line.line_no for line in lines}) < len(lines):
            raise ValueError("a line is named twice")
        return lines


class CreditOut(BaseModel):
    """What a household got of a settled line."""

    household_code: str
    branch: IncomeBranch
    amount: FenAsYuan


class LineOut(BaseModel):
    """A line of an order."""

    line_no: int
    product_code: str
    producer_code: str
    quantity: QuantityShown = Field(description="What was ordered")
    price: FenAsYuan = Field(description="Of one unit, as it was when the order was placed")
    received: QuantityShown | None = Field(description="What arrived; null before")
    value: FenAsYuan = Field(description="Of what arrived, before that of what was ordered")
    credits: list[CreditOut] | None = Field(
        description="What households got, once settled; null unless you hold consumption:approve"
    )
    producer_amount: FenAsYuan | None = Field(description="What the producer keeps, once settled")


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
    total: FenAsYuan = Field(description="The values of its lines together")
    lines: list[LineOut]
