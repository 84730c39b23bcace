"""What the request bodies of the houses have in common: strictness, codes, text and days."""

import datetime as dt
import re
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

CODE_PATTERN: Final = r"^[A-Za-z0-9._-]+$"
"""What a code looks like that somebody outside has given."""

MAX_NOTE: Final = 2000
"""How long what a person writes about a step may be."""


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


HouseholdCode = Annotated[str, Field(min_length=1, max_length=64, pattern=CODE_PATTERN, examples=["DJ-0001"])]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{12}$", examples=["520626001001"])]
"""Where somebody or something is: the division code 区划代码 in full."""
MemberNo = Annotated[int, Field(strict=True, ge=1, le=99)]
Text = Annotated[str, Field(min_length=1, pattern=r"^\P{Cc}*$")]
"""Text of one line: no control characters, which a database may be unable to keep."""
Source = Annotated[Text, Field(max_length=64)]
"""Who says so."""
Reference = Annotated[Text, Field(max_length=128)]
"""The number under which a source says it, used once."""


def _written_out(value: object) -> object:
    if isinstance(value, dt.date) or (isinstance(value, str) and _match_day(value)):
        return value
    raise ValueError("a day is written YYYY-MM-DD, for example 2026-05-01")


_match_day = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
Day = Annotated[dt.date, BeforeValidator(_written_out)]
"""A day sent to us: ISO text, never a number of seconds."""
