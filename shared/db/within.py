"""Conditions on rows that belong to a region."""

from typing import Any

import sqlalchemy as sa

from shared.security.actor import Actor


def within(column: sa.ColumnElement[Any], actor: Actor, region_code: str | None = None) -> sa.ColumnElement[bool]:
    """Rows of the region asked for, or else of all the regions of the caller.

    Raises RegionNotAllowed where the region asked for lies outside the caller's own.
    """
    return sa.or_(*(column.startswith(prefix) for prefix in actor.search_prefixes(region_code)))
