"""Resident identity numbers 公民身份号码 of people who do not exist: they pass every check."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from stdnum.cn import ric

from shared.codes.monitoring import Sex

_CITY_MADE, _RENAMED = dt.date(1987, 8, 21), dt.date(2011, 11, 1)
"""When 铜仁县 became a city, and when 铜仁地区 became 铜仁市 with codes of its own."""
_ISSUED_BEFORE: Final[Mapping[str, Sequence[tuple[dt.date, str]]]] = {
    "520602": ((_CITY_MADE, "522221"), (_RENAMED, "522201")),
    "520603": ((_RENAMED, "522230"),),
    "520621": ((_RENAMED, "522222"),),
    "520622": ((_RENAMED, "522223"),),
    "520623": ((_RENAMED, "522224"),),
    "520624": ((_RENAMED, "522225"),),
    "520625": ((_RENAMED, "522226"),),
    "520626": ((_RENAMED, "522227"),),
    "520627": ((_RENAMED, "522228"),),
    "520628": ((_RENAMED, "522229"),),
}
"""By county today: the codes it had before, each with the day from which it was another 行政区划代码沿革."""
NUMBERS_OF_A_DAY: Final = 500
"""People of one sex who can be born in a county on one day."""


def invented_number(county: str, born: dt.date, sex: Sex, order: int) -> str:
    """The number of somebody born in a county of 铜仁市; ``order`` tells those of one day and sex apart, from 0."""
    issued_in = next((code for end, code in _ISSUED_BEFORE[county] if born < end), county)
    digits = f"{issued_in}{born:%Y%m%d}{order * 2 + (sex is Sex.MALE):03d}"
    return digits + str(ric.calc_check_digit(f"{digits}0"))
