"""Money: whole fen (分) inside, text in yuan (元) with two decimals outside. No float anywhere."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema

from shared.findings import WrongValue
from shared.words.said import says

YUAN_PATTERN: Final = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"
"""What an amount in yuan looks like outside, for example `1234.50`."""

SIGNED_YUAN_PATTERN: Final = r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$"
"""An amount in yuan that may be negative, for example `-12.30`."""

MAX_FEN: Final = 10**14 - 1
"""The largest amount, in fen: twelve digits of yuan and two decimals."""

_match_yuan = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,2}))?").fullmatch
_FEN_PER_YUAN: Final = 100


def parse_yuan(text: str, *, signed: bool = False) -> int:
    """Return the fen that `text` names in yuan.

    Accepted are up to twelve digits, then at most two decimals: `1234`, `1234.5`, `1234.50`; a leading minus sign only
    where `signed`. Raises WrongValue for everything else (exponents, spaces, separators, a third decimal).
    """
    found = _match_yuan(text)
    if found is None:
        raise WrongValue(says("amount-ill-formed"))
    minus, whole, cents = found.groups()
    fen = int(whole) * _FEN_PER_YUAN + (int(cents.ljust(2, "0")) if cents else 0)
    if not minus:
        return fen
    if not signed:
        raise WrongValue(says("amount-negative"))
    return -fen


def format_yuan(fen: int) -> str:
    """Return `fen` as text in yuan with exactly two decimals: -1230 is `-12.30`."""
    if fen >= _FEN_PER_YUAN:
        text = str(fen)
        return f"{text[:-2]}.{text[-2:]}"
    whole, cents = divmod(abs(fen), _FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{whole}.{cents:02d}"


def divide_half_up(numerator: int, denominator: int) -> int:
    """Return the exact quotient rounded to the nearest whole number, halves away from zero (四舍五入).

    Raises ZeroDivisionError for a denominator of zero.
    """
    quotient, remainder = divmod(abs(numerator), abs(denominator))
    if 2 * remainder >= abs(denominator):
        quotient += 1
    return quotient if (numerator < 0) == (denominator < 0) else -quotient


def above_zero(fen: int) -> int:
    """Return `fen`; raises WrongValue for an amount of nothing."""
    if fen == 0:
        raise WrongValue(says("amount-zero"))
    return fen


def _yuan_text(value: object, *, signed: bool) -> int:
    if isinstance(value, str):
        return parse_yuan(value, signed=signed)
    raise WrongValue(says("amount-not-text"))


def _yuan(value: object) -> int:
    return _yuan_text(value, signed=False)


def _signed_yuan(value: object) -> int:
    return _yuan_text(value, signed=True)


def _fen(value: object, info: ValidationInfo) -> int:
    fen = _signed_fen(value, info)
    if fen < 0:
        raise WrongValue(says("amount-negative"))
    return fen


def _signed_fen(value: object, info: ValidationInfo) -> int:
    if type(value) is int and info.mode == "python":
        return value
    return _yuan_text(value, signed=True)


_AS_YUAN: Final = PlainSerializer(format_yuan, return_type=str, when_used="json")
_YUAN_SCHEMA: Final = WithJsonSchema({"type": "string", "pattern": YUAN_PATTERN, "examples": ["1234.50"]})
_SIGNED_YUAN_SCHEMA: Final = WithJsonSchema(
    {"type": "string", "pattern": SIGNED_YUAN_PATTERN, "examples": ["-12.30", "1234.50"]}
)

Yuan = Annotated[int, PlainValidator(_yuan), _AS_YUAN, _YUAN_SCHEMA]
"""An amount sent to us: text in yuan outside, fen inside, never negative. Numbers are refused."""

PositiveYuan = Annotated[Yuan, AfterValidator(above_zero)]
"""An amount sent to us that is more than nothing."""

SignedYuan = Annotated[int, PlainValidator(_signed_yuan), _AS_YUAN, _SIGNED_YUAN_SCHEMA]
"""An amount sent to us that may be negative."""

FenAsYuan = Annotated[int, PlainValidator(_fen), _AS_YUAN, _YUAN_SCHEMA]
"""An amount our own code puts into a document: Python gives whole fen, JSON holds text in yuan, never negative.

For events and answers only. Request bodies use `Yuan`, because the web framework validates them as Python values and
a number in one of them would be taken for fen.
"""

SignedFenAsYuan = Annotated[int, PlainValidator(_signed_fen), _AS_YUAN, _SIGNED_YUAN_SCHEMA]
"""An amount our own code puts into a document and that may be negative."""
