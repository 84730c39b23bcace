"""Resident identity numbers (公民身份号码, GB 11643): checking them, and hiding them in what people read."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Final

from stdnum import numdb
from stdnum.cn import ric

from shared.codes.monitoring import Sex
from shared.words.said import says


class IdentityError(Enum):
    """Why an identity number cannot be one, as it is told."""

    BAD_FORMAT = says("identity-number-ill-formed")
    """Not 17 ASCII digits followed by a digit or X (格式错误)."""
    IMPOSSIBLE_BIRTH_DATE = says("identity-number-of-no-day")
    """Digits 7 to 14 are no day of the calendar since 1900, or a day to come (出生日期码错误)."""
    BAD_CHECK_DIGIT = says("identity-number-miscopied")
    """The last character does not follow from the others (校验码错误)."""


class IdentityWarning(Enum):
    """What a person should look at in an identity number that is possible, as it is told."""

    UNKNOWN_PLACE = says("identity-number-of-no-county")
    """Digits 1 to 6 name no county that ever was (地址码不存在)."""
    PLACE_NOT_OF_BIRTH_YEAR = says("identity-number-of-no-county-then")
    """The county code was not in use in the year of birth (地址码与出生年份不符): lawful after a late registration."""
    BIRTH_DATE_DIFFERS = says("identity-number-of-another-day")
    """The birth date in the number is not the registered one (出生日期不一致)."""
    SEX_DIFFERS = says("identity-number-of-the-other-sex")
    """The sex in the number is not the registered one (性别不一致)."""


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """What the check of one number found."""

    errors: tuple[IdentityError, ...]
    """Reasons to refuse the number; the first kind found, because later checks need the earlier ones to hold."""
    warnings: tuple[IdentityWarning, ...]
    """Reasons for a person to look; never reasons to refuse."""


_match_number = re.compile(r"[0-9]{17}[0-9X]").fullmatch
FIRST_BIRTH_YEAR: Final = 1900
"""Nobody who lives was born before: what says so is a slip of the pen."""
_RESIDENCE_PERMIT_PLACES: Final = frozenset({"810000", "820000", "830000"})
"""港澳台居民居住证: residents of 香港, 澳门 and 台湾 carry these instead of a county code."""


def normalise_resident_id(id_number: str) -> str:
    """Return the number as it is stored: no blanks around it, the check character X in upper case."""
    return id_number.strip().upper()


def check_resident_id(
    id_number: str, *, birth_date: date | None = None, sex: Sex | None = None, today: date = date.max
) -> IdentityCheck:
    """Check a resident identity number, or the number of a residence permit, against itself and the register.

    Format, check digit (GB 11643) and a birth date that lies no later than `today` make errors. A county code that is
    unknown or was not yet (or no longer) in use at birth makes a warning only: numbers issued to adults carry the code
    of the year of issue. Where `birth_date` or `sex` from the register is given, a difference makes a warning as well;
    people decide which is true.
    """
    number = normalise_resident_id(id_number)
    errors = tuple(errors_in(number, today))
    return IdentityCheck(errors, () if errors else tuple(_warnings_about(number, birth_date, sex)))


def errors_in(number: str, today: date = date.max) -> list[IdentityError]:
    """Why a number, as it is stored, cannot be one on this day; see `check_resident_id`."""
    if _match_number(number) is None:
        return [IdentityError.BAD_FORMAT]
    errors = []
    born = _birth_date_in(number)
    if born is None or born > today:
        errors.append(IdentityError.IMPOSSIBLE_BIRTH_DATE)
    if ric.calc_check_digit(number) != number[-1]:
        errors.append(IdentityError.BAD_CHECK_DIGIT)
    return errors


def _warnings_about(number: str, birth_date: date | None, sex: Sex | None) -> list[IdentityWarning]:
    born = _birth_date_in(number)
    assert born is not None
    warnings = []
    if (doubt := _doubt_about_place(number[:6], born.year)) is not None:
        warnings.append(doubt)
    if birth_date is not None and birth_date != born:
        warnings.append(IdentityWarning.BIRTH_DATE_DIFFERS)
    if sex is not None and sex is not _sex_in(number):
        warnings.append(IdentityWarning.SEX_DIFFERS)
    return warnings


def _birth_date_in(number: str) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if born.year >= FIRST_BIRTH_YEAR else None


def _sex_in(number: str) -> Sex:
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


@lru_cache(maxsize=8192)
def _doubt_about_place(place: str, year: int) -> IdentityWarning | None:
    if place in _RESIDENCE_PERMIT_PLACES:
        return None
    counties = [found["county"] for _, found in numdb.get("cn/loc").info(place) if "county" in found]
    if not counties:
        return IdentityWarning.UNKNOWN_PLACE
    if any(_in_use(period, year) for county in counties for period in county.split(",")):
        return None
    return IdentityWarning.PLACE_NOT_OF_BIRTH_YEAR


def _in_use(period: str, year: int) -> bool:
    if not period.startswith("["):
        return True
    start, _, end = period[1 : period.index("]")].partition("-")
    return (not start or int(start) <= year) and (not end or year <= int(end))


def mask_id(id_number: str) -> str:
    """Return the number with all but its province and prefecture hidden: `5222**************`.

    No more may be shown: the rest are county, birthday and the digits of one person, which other fields and other
    answers give away. Anything too short to be a number is all stars.
    """
    if len(id_number) < _ID_LENGTH:
        return MASK * len(id_number)
    return id_number[:_SHOWN].ljust(len(id_number), MASK)


def mask_name(name: str) -> str:
    """Return the name with everything hidden but its first character: `王**`. A single character is hidden too."""
    return name[:1].ljust(len(name), MASK) if len(name) > 1 else MASK * len(name)


def is_masked(text: str) -> bool:
    """Whether a text holds the character of the masks, also in full width: then it is nobody's name or number."""
    return MASK in text or MASK in unicodedata.normalize("NFKC", text)


def mask_text(text: str) -> str:
    """Return free text with every identity number, disability certificate number and mobile number in it hidden.

    An identity number is recognised by its 18 characters with a calendar date in the right place, a disability
    certificate (残疾人证) by the two or four digits it adds, a mobile number by 11 digits from 13 to 19, with or
    without the country code 86. Longer runs of digits, region codes and hexadecimal identifiers stay as they are.
    """
    return text if _ELEVEN_DIGITS.search(text) is None else _LONG_TOKEN.sub(_mask_token, text)


def mask_error(text: str) -> str:
    """Return the text of an error, or of a traceback, without the rows that PostgreSQL quotes in it, and masked."""
    return mask_text(_QUOTED_ROW.sub("DETAIL: left out", text))


_QUOTED_ROW: Final = re.compile(
    r"DETAIL:.*?(?=\n(?:HINT|\[SQL|\(Background|The above|Traceback|\s+File|\n)|\Z)", re.DOTALL
)
"""A row may hold line breaks, so what is left out goes on to what follows it in an error or a traceback."""
MASK: Final = "*"
_ID_LENGTH: Final = 18
_SHOWN: Final = 4
_ELEVEN_DIGITS: Final = re.compile(r"[0-9]{11}")
"""What every number to be hidden holds; most text holds none and is not looked at further."""
_LONG_TOKEN: Final = re.compile(r"[0-9A-Za-z]{11,}")
_HEXADECIMAL: Final = re.compile(r"(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]+")
_ID_IN_TEXT: Final = re.compile(
    r"(?<![0-9])[1-9][0-9]{5}"
    r"(?:19|2[0-9])[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx](?:[1-7][1-4](?:[0-9]{2})?)?(?![0-9])"
)
_MOBILE_IN_TEXT: Final = re.compile(r"(?<![0-9])((?:(?:00)?86)?1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9])")


def _mask_token(found: re.Match[str]) -> str:
    token = _ID_IN_TEXT.sub(lambda number: mask_id(number[0]), found[0])
    if _HEXADECIMAL.fullmatch(token):
        return token
    return _MOBILE_IN_TEXT.sub(r"\1****\2", token)
