"""Bodies of the registers: producers, products with their stock, buyers."""

import datetime as dt
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from stdnum.cn import uscc as credit_code

from services.consumption.products.schemas.fields import (
    Change,
    ChangeShown,
    ProducerCode,
    Quantity,
    QuantityShown,
    SomeQuantity,
)
from shared.contracts.codes import IncomeBranch, ProducerKind
from shared.http.fields import Body, HouseholdCode, RegionCode, Remark, Text
from shared.money import FenAsYuan, PositiveYuan
from shared.shares import WHOLE, ShareSent, ShareShown

MAX_LINKS = 1000
USCC_LENGTH = 18

LinkKind = Literal[IncomeBranch.OPERATING, IncomeBranch.WAGE, IncomeBranch.PROPERTY]
Name = Annotated[Text, Field(max_length=128)]


class LinkIn(Body):
    """What one household gets of what the producer sells 联农带农."""

    household_code: HouseholdCode
    share: ShareSent = Field(description="Of the value of each settled line")
    kind: LinkKind = Field(description="The branch of income it is to the household")


class ProducerIn(Body):
    """A producer 供应主体; the whole of it, every time."""

    name: Name
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
    version: int


class ProductIn(Body):
    """A product 产品; the whole of it every time, but for its stock, which moves by itself once it is offered."""

    producer_code: ProducerCode
    name: Name
    unit: Text = Field(max_length=16, examples=["kg"])
    specification: Annotated[Text, Field(max_length=256)] | None = Field(
        None, description="规格: grade, packing, origin", examples=["特级, 250 g × 4"]
    )
    price: PositiveYuan = Field(description="Of one unit, in yuan")
    step: SomeQuantity | None = Field(None, description="What is ordered is a multiple of this")
    minimum: SomeQuantity | None = Field(
        None, description="起订量: the least that can be ordered; a multiple of `step`"
    )
    stock: Quantity | None = Field(
        None,
        description="What can be ordered when it is first offered, 0.000 if left out. Later leave it out: the stock "
        "moves by orders and by `POST …/stock`, and another one than there is is refused",
    )

    @field_validator("minimum")
    @classmethod
    def _is_whole_steps(cls, minimum: int | None, info: ValidationInfo) -> int | None:
        step = info.data.get("step")
        if minimum is not None and step is not None and minimum % step:
            raise ValueError("the minimum is not a multiple of the step")
        return minimum


class ProductOut(BaseModel):
    """A product as buyers browse it."""

    model_config = ConfigDict(from_attributes=True)

    product_code: str = Field(validation_alias="code")
    producer_code: str
    region_code: str = Field(description="Where its producer is")
    name: str
    unit: str
    specification: str | None
    price: FenAsYuan
    step: QuantityShown | None = Field(description="What is ordered is a multiple of this")
    minimum: QuantityShown | None = Field(description="The least that can be ordered")
    stock: QuantityShown = Field(validation_alias="available", description="What can still be ordered")
    version: int = Field(description="Of the offer; the stock moves without it")


class StockIn(Body):
    """What became of a stock beside orders: either what was counted, or by how much it changed."""

    counted: Quantity | None = Field(None, description="What can be ordered now, without what is ordered already")
    change: Change | None = Field(None, description="What came in or, below zero, went")
    reason: Annotated[Remark, Field(min_length=1)] = Field(examples=["新茶入库"])

    @model_validator(mode="after")
    def _says_one_of_them(self) -> Self:
        if (self.counted is None) == (self.change is None):
            raise ValueError("send either counted or change")
        return self


class StockMoveOut(BaseModel):
    """A movement of stock 库存调整."""

    move_id: UUID
    product_code: str
    at: dt.datetime
    by: str = Field(description="The client that said so")
    counted: bool = Field(description="Whether it was counted, instead of told as a change")
    before: QuantityShown
    change: ChangeShown
    stock: QuantityShown = Field(description="What could be ordered afterwards")
    reason: str


class BuyerIn(Body):
    """A buyer 采购单位, and the client that orders for it."""

    name: Name | None = None
    client_id: Text = Field(max_length=64, description="The client whose orders under this code are the buyer's")


class BuyerOut(BaseModel):
    """A buyer."""

    model_config = ConfigDict(from_attributes=True)

    buyer_code: str = Field(validation_alias="code")
    name: str | None
    client_id: str | None = Field(description="Null: nobody is bound to it")
    version: int
