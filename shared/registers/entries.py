"""The row of a register: found and locked, entered, or renewed with the next version."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol, TypeVar, cast

from sqlmodel import SQLModel

from shared.db.base import table_of
from shared.db.sealed import SealedTable
from shared.db.spelling import refuse_other_spelling
from shared.db.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.words.said import says

_sealed = cache(SealedTable)


class Registered(Protocol):
    """What every register keeps: a code and a version. `created_at` and `updated_at` are kept where there are such."""

    code: str
    version: int

    def __init__(self, **values: Any) -> None:
        """Make a row of these values."""

    def sqlmodel_update(self, obj: dict[str, Any]) -> object:
        """Take these values."""


Row = TypeVar("Row", bound=Registered)
ChangeGuard = Callable[[UnitOfWork, Row], None]
"""Refuses a caller who may not change this row, or any change of it."""


def lock_entry(uow: UnitOfWork, model: type[Row], code: str, guard: ChangeGuard[Row]) -> Row | None:
    """The row of a code, locked, which the caller may change; None where the code is free.

    Raises CodeInOtherSpelling, and whatever the guard raises.
    """
    row = uow.session.get(model, code, with_for_update=True)
    if row is None:
        refuse_other_spelling(uow, table_of(_model(model)).c.code, code)
    else:
        guard(uow, row)
    return row


def owned_by_region(thing: str, not_found: type[NotFound]) -> Callable[[UnitOfWork, Any], None]:
    """The guard of what belongs to its ``region_code`` 归属地区: it is changed from there or from around it.

    For everybody else it is not there.
    """

    def guard(uow: UnitOfWork, row: Any) -> None:
        if not uow.actor.sees(row.region_code):
            raise not_found(says("none-of-that-code", thing=thing, code=row.code, region=uow.actor.place))

    return guard


def sealed_fields(
    uow: UnitOfWork, model: type[Row], code: str, row: Row | None, fields: dict[str, Any]
) -> dict[str, Any]:
    """The fields as they are written: personal ones sealed, and those that say the same as the row left as they are."""
    sealed = _sealed(table_of(_model(model)))
    if not sealed.indexes:
        return fields
    written = sealed.seal_over(uow, {"code": code, **fields}, row)
    del written["code"]
    return written


def holds(row: Registered, fields: Mapping[str, Any]) -> bool:
    """Whether a row has these values already."""
    return all(getattr(row, name) == value for name, value in fields.items())


def enter(uow: UnitOfWork, model: type[Row], code: str, fields: Mapping[str, Any]) -> Row:
    """Write the first version of what is registered under a code."""
    row = model(code=code, version=1, **_moments(uow, model, "created_at", "updated_at"), **fields)
    uow.session.add(row)
    uow.session.flush()  # flush: what comes with it refers to its row
    return row


def renew(uow: UnitOfWork, row: Row, fields: Mapping[str, Any]) -> Row:
    """Make a locked row what it is said to be, as its next version."""
    moments = _moments(uow, type(row), "updated_at")
    row.sqlmodel_update({**fields, **moments, "version": row.version + 1})
    uow.session.flush()  # flush: what reads the database next sees the change
    return row


def _moments(uow: UnitOfWork, model: type[Registered], *names: str) -> dict[str, Any]:
    """The moment of the change, under those of these names that the register keeps."""
    kept = [name for name in names if name in table_of(_model(model)).c]
    return dict.fromkeys(kept, uow.stamp()) if kept else {}


def _model(model: type[Registered]) -> type[SQLModel]:
    return cast("type[SQLModel]", model)
