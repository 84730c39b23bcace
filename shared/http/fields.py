"""What the request bodies of the houses have in common: strictness, codes, text and days."""

import datetime as dt
import re
from collections.abc import Collection
from typing import Annotated, Final

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from stdnum.cn import uscc as credit_code

from shared.contracts.catalogue import CATALOGUE
from shared.findings import WrongValue
from shared.identity import errors_in, normalise_resident_id
from shared.months import MAX_MONTH, first_day
from shared.spelling import check_code, one_line, one_spelling, paragraphs, source_spelling
from shared.words.said import says

CODE_PATTERN: Final = r"^[A-Za-z0-9._-]+$"
"""What a code looks like that somebody outside has given."""

MAX_REMARK: Final = 2000
"""How long what a person writes about a step may be."""

_NO_CONTROLS: Final = r"^[^\x00-\x1f\x7f-\x9f]*$"
_NO_CONTROLS_BUT_BREAKS: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"


def check_event_types(names: Collection[str]) -> None:
    """Raise WrongValue for names that are no types of events."""
    if unknown := sorted(set(names) - set(CATALOGUE)):
        raise WrongValue(says("no-such-event-type", types=unknown))


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


Code = Annotated[str, Field(min_length=1, max_length=64, pattern=CODE_PATTERN), AfterValidator(check_code)]
"""A code that somebody outside has given: no path and no identity number."""
HouseholdCode = Annotated[Code, Field(examples=["DJ-0001"])]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{12}$", examples=["520626001001"])]
"""Where somebody or something is: the division code 区划代码 in full."""
MemberNo = Annotated[int, Field(strict=True, ge=1, le=99)]
Text = Annotated[str, Field(min_length=1, pattern=_NO_CONTROLS), BeforeValidator(one_line)]
"""Text of one line, for people: trimmed, not blank, without characters that nobody sees."""
Remark = Annotated[str, Field(max_length=MAX_REMARK, pattern=_NO_CONTROLS_BUT_BREAKS), BeforeValidator(paragraphs)]
"""What a person writes about a step: lines of text, trimmed, without characters that nobody sees."""
Identifier = Annotated[str, Field(min_length=1, pattern=_NO_CONTROLS), BeforeValidator(one_spelling)]
"""Text that identifies something: all spellings of it that look the same are one."""
Source = Annotated[str, Field(min_length=1, max_length=64, pattern=_NO_CONTROLS), BeforeValidator(source_spelling)]
"""Who says so: an identifier in lower case."""
AsOf = Annotated[dt.date | None, Query(description="Decision date; default the business date", le=first_day(MAX_MONTH))]
"""The day for which something is asked."""
Reference = Annotated[Identifier, Field(max_length=128)]
"""The number under which a source says it, used once."""


_USCC_LENGTH: Final = 18


def _credit_code(uscc: str) -> str:
    normal = uscc.upper()
    if len(uscc) != _USCC_LENGTH or not uscc.isascii() or not credit_code.is_valid(normal):
        raise WrongValue(says("not-a-credit-code", length=_USCC_LENGTH))
    return normal


CreditCode = Annotated[str, AfterValidator(_credit_code), Field(description="统一社会信用代码, 18 characters")]
"""The code of a legal person 统一社会信用代码, in upper case."""

_ID_LENGTH: Final = 18
IdNumber = Annotated[Identifier, Field(min_length=_ID_LENGTH, max_length=_ID_LENGTH)]
"""Text that may be a resident identity number 公民身份号码; the register says what is wrong with each of its own."""


def _possible(id_number: str) -> str:
    number = normalise_resident_id(id_number)
    for error in errors_in(number):
        raise WrongValue(error.value)
    return number


KnownIdNumber = Annotated[
    IdNumber, AfterValidator(_possible), Field(examples=["522226198005010015"], description="18 characters; x is X")
]
"""A resident identity number that somebody is looked for by: one that can be one, as it is registered."""


def _written_out(value: object) -> object:
    if isinstance(value, dt.date) or (isinstance(value, str) and _match_day(value)):
        return value
    raise WrongValue(says("day-ill-formed"))


_match_day = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
Day = Annotated[dt.date, BeforeValidator(_written_out)]
"""A day sent to us: ISO text, never a number of seconds."""
DecisionDay = Annotated[Day, Field(le=first_day(MAX_MONTH))]
"""A day as of which is decided."""


def _with_its_zone(value: object) -> object:
    if isinstance(value, str) and "T" in value:
        return value
    raise WrongValue(says("moment-ill-formed"))


def _in_utc(moment: dt.datetime) -> dt.datetime:
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError as error:
        raise WrongValue(says("moment-out-of-calendar")) from error


Moment = Annotated[AwareDatetime, BeforeValidator(_with_its_zone), AfterValidator(_in_utc)]
"""A moment asked for: ISO text with its time zone, never a number of seconds; UTC inside."""
UpdatedAfter = Annotated[
    Moment | None, Field(description="Changed later than this, the longest unchanged first; `+` is sent as `%2B`")
]
"""What a list is asked for by whoever follows its changes: the greatest `updated_at` seen, and nothing is missed."""
