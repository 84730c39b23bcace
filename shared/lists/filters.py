"""Filters that mean something else than that the column of their name is so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.regions import region_prefix

Columns = sa.ColumnCollection[str, sa.ColumnElement[Any]]
"""The columns of the rows that a list shows, by name."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The condition that a parameter stands for; it is written beside the type of the parameter."""

    condition: Callable[[Reading, Columns, Any], sa.ColumnElement[bool]]


def is_equal(name: str) -> Filter:
    """Return the filter for rows whose column of this name has the value: what a parameter means by itself."""
    return Filter(lambda _, columns, value: columns[name] == value)


def is_later(name: str) -> Filter:
    """Return the filter for rows whose moment is later."""
    return Filter(lambda _, columns, moment: columns[name] > moment)


def is_not_before(name: str) -> Filter:
    """Return the filter for rows whose moment is this one or later."""
    return Filter(lambda _, columns, moment: columns[name] >= moment)


def is_before(name: str) -> Filter:
    """Return the filter for rows whose moment is earlier."""
    return Filter(lambda _, columns, moment: columns[name] < moment)


def is_not_after(name: str) -> Filter:
    """Return the filter for rows whose day is this one or earlier."""
    return Filter(lambda _, columns, day: columns[name] <= day)


def is_in_region(name: str) -> Filter:
    """Return the filter for rows of a region, of whatever caller: for lists that everybody may see."""
    return Filter(lambda _, columns, region_code: lies_in(columns[name], region_prefix(region_code)))


def holds(condition: Callable[[Reading], sa.ColumnElement[bool]]) -> Filter:
    """Return the filter for rows of which a condition holds, or with `false` for the others."""
    return Filter(lambda reading, _, wanted: condition(reading) if wanted else sa.not_(condition(reading)))
