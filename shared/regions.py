"""Administrative divisions (行政区划): 12-digit codes, their prefixes, and the names that belong to them."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from shared.findings import WrongValue
from shared.words.said import says

CODE_LENGTH: Final = 12
DIVISIONS_FILE: Final = Path(__file__).parent / "data" / "divisions.csv"

_LEVEL_ENDS: Final = (2, 4, 6, 9, 12)

RegionFilter = Annotated[str, Field(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$", examples=["520626"])]
"""A region to search in: a division code of any level, with or without its trailing zeros."""


class RegionLevel(StrEnum):
    """How wide a region is."""

    PROVINCE = "province"
    """省 (also 自治区, 直辖市): two digits."""
    PREFECTURE = "prefecture"
    """市 (also 州, 地区): four digits."""
    COUNTY = "county"
    """县 (also 区, 县级市): six digits."""
    TOWNSHIP = "township"
    """乡镇 (also 街道): nine digits."""
    VILLAGE = "village"
    """村 (also 社区): twelve digits."""


LEVEL_DIGITS: Final = dict(zip(RegionLevel, _LEVEL_ENDS, strict=True))
"""How many digits the prefix of a region of each level has."""
_WIDE: Final = frozenset({RegionLevel.PROVINCE, RegionLevel.PREFECTURE})


@dataclass(frozen=True, slots=True)
class Region:
    """One administrative division."""

    code: str
    """The full code of twelve digits."""
    name: str
    level: RegionLevel
    parent: str | None
    """The full code of the next wider region; none for a province."""


@lru_cache(maxsize=65_536)
def region_prefix(code: str) -> str:
    """Return `code` without the zeros that only fill it up: `520626000000` becomes `520626`, `52` stays.

    A code has 2, 4, 6, 9 or 12 ASCII digits; the code of a village keeps all twelve. Raises WrongValue otherwise.
    """
    if len(code) not in _LEVEL_ENDS or not (code.isascii() and code.isdecimal()):
        raise WrongValue(says("region-code-ill-formed", code=repr(code)))
    end = len(code)
    for start in reversed(_LEVEL_ENDS[: _LEVEL_ENDS.index(end)]):
        if code[start:end].strip("0"):
            break
        end = start
    return code[:end]


def is_within(region_code: str, scope: str) -> bool:
    """Tell whether the region lies in `scope` or is `scope` itself; raises ValueError for a malformed code."""
    return region_prefix(region_code).startswith(region_prefix(scope))


def county_of(region_code: str) -> str:
    """The prefix of the county 县 in which a region lies; of a wider region, whatever it has of it."""
    return region_code[: LEVEL_DIGITS[RegionLevel.COUNTY]]


@lru_cache(maxsize=65_536)
def scope_chain(code: str) -> tuple[str, ...]:
    """Return the prefixes of the region and of all that contain it, the narrowest first.

    A village gives five: `520626001001`, `520626001`, `520626`, `5206`, `52`. A level that the division does not have
    (东莞 has no counties) is left out. Raises ValueError for a malformed code.
    """
    prefix = region_prefix(code)
    wider = (prefix[:end] for end in reversed(_LEVEL_ENDS) if end < len(prefix))
    return prefix, *(scope for scope in wider if scope == region_prefix(scope))


class Regions:
    """The divisions known by name; a village founded after the edition of the data is not among them."""

    def __init__(self, known: Mapping[str, Region]) -> None:
        self._known = known

    def find(self, code: str) -> Region | None:
        """Return the region with this code (full or shortened), or none; raises ValueError for a malformed code."""
        return self._known.get(region_prefix(code).ljust(CODE_LENGTH, "0"))

    def nearest_known(self, code: str) -> Region | None:
        """Return the region itself or the narrowest known one that contains it; none if even its province is unknown.

        This is how a village that the data does not list yet is recognised below its township.
        """
        return next((found for scope in scope_chain(code) if (found := self.find(scope))), None)

    def nearest_local(self, code: str) -> Region | None:
        """Return what `nearest_known` finds where that is a county, township or village; none otherwise.

        Households, producers and assets lie in one: a prefecture is too wide to say where.
        """
        found = self.nearest_known(code)
        return None if found is None or found.level in _WIDE else found

    def counties_of(self, prefix: str) -> list[str]:
        """Return the full codes of the counties in a wider region, in order."""
        county = RegionLevel.COUNTY
        return sorted(code for code, one in self._known.items() if one.level is county and code.startswith(prefix))

    def path(self, code: str) -> tuple[str, ...]:
        """Return the names from the province down to the region, or down to the narrowest known one around it."""
        names: list[str] = []
        region = self.nearest_known(code)
        while region is not None:
            names.append(region.name)
            region = self._known.get(region.parent) if region.parent else None
        return tuple(reversed(names))


@cache
def regions() -> Regions:
    """Return the divisions of the file that ships with the package, read once at the first call."""
    levels = {level.value: level for level in RegionLevel}
    with DIVISIONS_FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        return Regions({code: Region(code, name, levels[level], parent or None) for code, name, level, parent in rows})
