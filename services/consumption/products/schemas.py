"""Bodies of products and of their stock, and how quantities are written."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from services.consumption.commodities.schemas import CommodityCode
from services.consumption.producers.schemas import Name, ProducerCode
from services.consumption.products.rules import (
    QUANTITY_PATTERN,
    format_change,
    format_quantity,
    is_day_of_year,
    parse_change,
    parse_quantity,
)
from shared.findings import WrongValue
from shared.http.fields import Body, Code, Remark, Text
from shared.money import FenAsYuan, PositiveYuan
from shared.words.said import says

ProductCode = Annotated[Code, Field(examples=["TEA-0001"])]


def _quantity(value: object) -> int:
    if isinstance(value, str):
        return parse_quantity(value)
    raise WrongValue(says("quantity-as-number"))


def _change(value: object) -> int:
    if isinstance(value, str):
        return parse_change(value)
    raise WrongValue(says("quantity-as-number"))


def _not_zero(quantity: int) -> int:
    if quantity == 0:
        raise WrongValue(says("quantity-of-zero"))
    return quantity


_AS_QUANTITY = PlainSerializer(format_quantity, return_type=str, when_used="json")
_AS_CHANGE = PlainSerializer(format_change, return_type=str, when_used="json")
_QUANTITY_SCHEMA = WithJsonSchema({"type": "string", "pattern": QUANTITY_PATTERN, "examples": ["20.000"]})
_CHANGE_SCHEMA = WithJsonSchema({"type": "string", "pattern": rf"^[+-]?{QUANTITY_PATTERN[1:]}", "examples": ["-2.500"]})
Quantity = Annotated[int, PlainValidator(_quantity), _AS_QUANTITY, _QUANTITY_SCHEMA]
"""A quantity sent to us: text with at most three decimals outside, thousandths of the unit inside."""
SomeQuantity = Annotated[Quantity, AfterValidator(_not_zero)]
Change = Annotated[int, PlainValidator(_change), AfterValidator(_not_zero), _AS_CHANGE, _CHANGE_SCHEMA]
"""What comes to a quantity or, below zero, goes."""
QuantityShown = Annotated[int, _AS_QUANTITY, _QUANTITY_SCHEMA]
ChangeShown = Annotated[int, _AS_CHANGE, _CHANGE_SCHEMA]


def _day_of_year(text: str) -> str:
    if not is_day_of_year(text):
        raise WrongValue(says("not-a-day-of-the-year"))
    return text


DayOfYear = Annotated[str, AfterValidator(_day_of_year), Field(examples=["03-15"])]
"""A day of every year, month and day."""
Days = Annotated[int, Field(strict=True, ge=1, le=3650)]


class Season(Body):
    """When a product is there 上市季节, both days included; it may go over the end of the year."""

    first: DayOfYear = Field(alias="from")
    last: DayOfYear = Field(alias="to")


class ProductIn(Body):
    """A product 产品; the whole of it every time, but for its stock, which moves by itself once it is offered."""

    producer_code: ProducerCode
    name: Name
    unit: Text = Field(max_length=16, examples=["kg"])
    specification: Annotated[Text, Field(max_length=256)] | None = Field(
        None,
        validation_alias=AliasChoices("specification", "spec"),
        description="规格: packing, origin; `spec` is taken as well",
        examples=["250 g × 4"],
    )
    commodity_code: CommodityCode | None = Field(None, description="The registered commodity it is of")
    unit_code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")] | None = Field(
        None, description="The unit by UN/ECE Recommendation 20", examples=["KGM"]
    )
    grade: Annotated[Text, Field(max_length=32)] | None = Field(None, description="等级")
    season: Season | None = Field(None, description="Null: all the year")
    shelf_life_days: Days | None = Field(None, description="保质期; null: that of the commodity")
    cold_chain: bool = Field(False, strict=True, description="冷链: whether it has to be cooled on its way")
    base_code: Code | None = Field(None, description="The 菜篮子 base it comes from")
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
            raise WrongValue(says("minimum-between-steps"))
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
    commodity_code: str | None
    unit_code: str | None = Field(description="The unit by UN/ECE Recommendation 20")
    grade: str | None
    season: Season | None = Field(description="Null: all the year")
    shelf_life_days: int | None = Field(description="Its own, or that of its commodity")
    cold_chain: bool
    base_code: str | None
    recognised: bool = Field(description="重点产品: whether its recognition holds today")
    in_season: bool = Field(description="Whether it is there today")
    households: int = Field(description="How many households get a part of what is paid for it")
    price: FenAsYuan
    step: QuantityShown | None = Field(description="What is ordered is a multiple of this")
    minimum: QuantityShown | None = Field(description="The least that can be ordered")
    stock: QuantityShown = Field(validation_alias="available", description="What can still be ordered")
    version: int = Field(description="Of the offer; the stock moves without it")
    updated_at: dt.datetime = Field(description="When the offer was put last; the stock moves without it")

    @classmethod
    def of(cls, row: Any) -> Self:
        """A product from its row, with what its producer, commodity and recognition say of it."""
        return cls.model_validate(row)


class StockIn(Body):
    """What became of a stock beside orders: either what was counted, or by how much it changed."""

    counted: Quantity | None = Field(None, description="What can be ordered now, without what is ordered already")
    change: Change | None = Field(None, description="What came in or, below zero, went")
    reason: Annotated[Remark, Field(min_length=1)] = Field(examples=["新茶入库"])

    @model_validator(mode="after")
    def _says_one_of_them(self) -> Self:
        if (self.counted is None) == (self.change is None):
            raise WrongValue(says("counted-or-change"))
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
    updated_at: dt.datetime = Field(description="When it was written; a movement never changes")

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A movement of stock from its row."""
        return cls(
            move_id=row["id"],
            product_code=row["product_code"],
            at=row["moved_at"],
            by=row["moved_by"],
            counted=row["was_counted"],
            before=row["before"],
            change=row["after"] - row["before"],
            stock=row["after"],
            reason=row["reason"],
            updated_at=row["updated_at"],
        )
