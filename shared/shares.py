"""Shares of a whole: ten-thousandths inside, text with four decimals outside. No float anywhere."""

import re
from typing import Annotated, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from shared.findings import WrongValue
from shared.words.said import says

WHOLE: Final = 10_000
"""The share that is everything."""

SHARE_PATTERN: Final = r"^[01](\.[0-9]{1,4})?$"
"""What a share looks like outside, for example `0.2500`."""

_DECIMALS: Final = 4
_match_share = re.compile(r"([01])(?:\.([0-9]{1,4}))?").fullmatch


def parse_share(text: str) -> int:
    """Return the ten-thousandths that `text` names; raises WrongValue for anything but more than 0 and at most 1."""
    found = _match_share(text)
    share = int(found[1]) * WHOLE + int((found[2] or "").ljust(_DECIMALS, "0")) if found else 0
    if not 0 < share <= WHOLE:
        raise WrongValue(says("share-ill-formed"))
    return share


def format_share(share: int) -> str:
    """Return ten-thousandths as text with exactly four decimals: 2500 is `0.2500`."""
    whole, part = divmod(share, WHOLE)
    return f"{whole}.{part:0{_DECIMALS}d}"


def format_change(share: int) -> str:
    """Return ten-thousandths that may be below zero as text: -250 is `-0.0250`."""
    return ("-" if share < 0 else "") + format_share(abs(share))


def _share(value: object) -> int:
    if isinstance(value, str):
        return parse_share(value)
    raise WrongValue(says("share-not-text"))


_AS_SHARE: Final = PlainSerializer(format_share, return_type=str, when_used="json")
_SHARE_SCHEMA: Final = WithJsonSchema({"type": "string", "pattern": SHARE_PATTERN, "examples": ["0.2500"]})

ShareSent = Annotated[int, PlainValidator(_share), _AS_SHARE, _SHARE_SCHEMA]
"""A share sent to us: text outside, ten-thousandths inside, more than 0 and at most 1. Numbers are refused."""

ShareShown = Annotated[int, _AS_SHARE, _SHARE_SCHEMA]
"""A share we answer with."""
