"""Quantities that are measured: text with at most two decimals outside, exact decimals inside. No float anywhere."""

import re
from decimal import Decimal
from typing import Annotated, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from shared.findings import WrongValue
from shared.words.said import says

QUANTITY_PATTERN: Final = r"^[0-9]{1,9}(\.[0-9]{1,2})?$"
"""What a quantity looks like outside, for example `20.0`."""

_match_quantity = re.compile(QUANTITY_PATTERN).fullmatch


def parse_quantity(value: object) -> Decimal:
    """Return the quantity that a text names. Raises WrongValue for all else: a sign, an exponent, a third decimal."""
    if isinstance(value, str) and _match_quantity(value):
        return Decimal(value)
    raise WrongValue(says("quantity-ill-formed"))


def format_quantity(quantity: Decimal) -> str:
    """Return a quantity as text in its one form: at least one decimal, and no more than it needs."""
    whole, _, decimals = format(quantity, "f").partition(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"


Quantity = Annotated[
    Decimal,
    PlainValidator(parse_quantity),
    PlainSerializer(format_quantity, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": QUANTITY_PATTERN, "examples": ["20.0"]}),
]
"""A quantity sent to us, never negative. Numbers are refused."""
