"""What the bodies of consumption are made of: codes of its registers, and quantities."""

from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

from services.consumption.orders.rules import (
    QUANTITY_PATTERN,
    format_change,
    format_quantity,
    parse_change,
    parse_quantity,
)
from shared.http.fields import Code

ProducerCode = Annotated[Code, Field(examples=["COOP-0001"])]
ProductCode = Annotated[Code, Field(examples=["TEA-0001"])]
BuyerCode = Annotated[Code, Field(examples=["DG-0001"])]


def _quantity(value: object) -> int:
    if isinstance(value, str):
        return parse_quantity(value)
    raise ValueError("it is written as text; a JSON number could lose digits")


def _change(value: object) -> int:
    if isinstance(value, str):
        return parse_change(value)
    raise ValueError("it is written as text; a JSON number could lose digits")


def _not_zero(quantity: int) -> int:
    if quantity == 0:
        raise ValueError("it is not zero")
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
