"""What a policy parameter says where a row lies, as a column: one statement judges the rows of all regions."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from shared.db.within import lies_in
from shared.policy.loader import NATIONAL, PolicyBook


def parameter_by_region(
    book: PolicyBook, key: str, on: dt.date, region_code: sa.ColumnElement[Any], turn: Callable[[Any], int] = int
) -> sa.ColumnElement[int]:
    """The value of a parameter on a day in the region of each row, as the whole number that ``turn`` makes of it.

    Raises PolicyValueMissing where the nation has no value: then no row can be judged.
    """
    values = {scope: turn(book.at(scope, on).value(key).value) for scope in (*book.scopes_of(key), NATIONAL)}
    otherwise = sa.literal(values.pop(NATIONAL), sa.Integer)
    own = [(lies_in(region_code, scope), sa.literal(value, sa.Integer)) for scope, value in values.items()]
    return sa.case(*own, else_=otherwise) if own else otherwise
