"""Conditions on rows that belong to a region."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from shared.regions import LEVEL_DIGITS, RegionLevel
from shared.security.actor import Actor


class _NotLookedUp(sa.sql.functions.FunctionElement[str]):
    """A column of which SQLite uses no index.

    SQLite keeps no figures about regions and looks up by them whenever it can: then it sorts all the rows of a county
    for one page, where a walk along the order of the list ends after a few. Of a township there are so few that the
    walk is the longer way. PostgreSQL decides by its figures.
    """

    type = sa.String()
    inherit_cache = True


@compiles(_NotLookedUp)
def _as_it_is(element: _NotLookedUp, compiler: sa.sql.compiler.SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_NotLookedUp, "sqlite")
def _on_sqlite(element: _NotLookedUp, compiler: sa.sql.compiler.SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


def within(
    column: sa.ColumnElement[Any], actor: Actor, region_code: str | None = None, *, ordered: bool = False
) -> sa.ColumnElement[bool]:
    """Rows of the region asked for, or else of all the regions of the caller. ``ordered`` says that they come by it.

    Raises RegionNotAllowed where the region asked for lies outside the caller's own.
    """
    return sa.or_(*(lies_in(column, prefix, ordered=ordered) for prefix in actor.search_prefixes(region_code)))


def lies_in(column: sa.ColumnElement[Any], prefix: str, *, ordered: bool = False) -> sa.ColumnElement[bool]:
    """Rows whose region code begins so: a range of codes, which an index serves.

    On SQLite it does for a township 乡镇 or a village 村 alone, and for all where the rows come in the order of their
    regions: then nothing is left to sort. Every code begins with nothing.
    """
    if not prefix:
        return sa.true()
    is_looked_up = ordered or len(prefix) >= LEVEL_DIGITS[RegionLevel.TOWNSHIP]
    of_region = column if is_looked_up else _NotLookedUp(column)
    following = str(int(prefix) + 1).zfill(len(prefix))
    from_first = of_region >= prefix
    return from_first if len(following) > len(prefix) else from_first & (of_region < following)
