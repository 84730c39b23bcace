"""Registers of plain rows: nothing comes with a row, and whoever is responsible for its region keeps it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from sqlmodel import SQLModel

from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import Invalid, NotFound
from shared.regions import regions
from shared.registers.commands import Register
from shared.registers.entries import ChangeGuard, Row
from shared.words.said import says

BodyT = TypeVar("BodyT", bound=BaseModel)
Shown = TypeVar("Shown")
_BY_ITSELF = {"code", "updated_at"}


def _refuse_nothing(_uow: UnitOfWork, _body: object) -> None:
    """Every body can be true."""


def plain_register(
    model: type[Row],
    thing: str,
    shown: Callable[[Any], Shown],
    *,
    guard: ChangeGuard[Row],
    check: Callable[[UnitOfWork, BodyT], None] = _refuse_nothing,
    fields: Callable[[UnitOfWork, BodyT, Row | None], dict[str, Any]] | None = None,
    personal: Collection[str] = ("name",),
) -> Register[Row, BodyT, None, Shown]:
    """The register of rows that are what their bodies say.

    ``thing`` begins the names of its audit actions. ``personal`` are the columns in which a person may be named: they
    reach no audit.
    """
    return Register(
        model=model,
        guard=guard,
        fields=fields or _as_said,
        audit_view=partial(_audit_view, frozenset(personal) | _BY_ITSELF),
        log_fields=partial(_log_fields, thing),
        shown=lambda _uow, row, _parts: shown(row),
        entered=f"{thing}.put",
        changed=f"{thing}.put",
        check=check,
    )


def find_entry(
    reading: Reading, model: type[SQLModel], thing: str, code: str, not_found: type[NotFound]
) -> sa.Row[Any]:
    """The row of a code in the caller's region. Raises ``not_found``."""
    table = table_of(model)
    row = reading.connection.execute(sa.select(table).where(table.c.code == code)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise not_found(says("none-of-that-code", thing=thing, code=code, region=reading.actor.place))
    return row


def _as_said(_uow: UnitOfWork, body: BaseModel, _row: object) -> dict[str, Any]:
    return body.model_dump()


def _audit_view(hidden: frozenset[str], row: Any, _parts: Sequence[None]) -> Mapping[str, Any]:
    kept: Mapping[str, Any] = row.model_dump(exclude=hidden)
    return {name: to_jsonable_python(value) for name, value in kept.items()}


def _log_fields(thing: str, row: Any, _parts: Sequence[None]) -> Mapping[str, Any]:
    return {thing: row.code, f"{thing}_version": row.version}


def demand_place(
    uow: UnitOfWork, invalid: type[Invalid], region_code: str, *, pointer: str = "/region_code", wide: bool = False
) -> None:
    """Refuse a region that is not the caller's, or that is no division; ``wide`` takes a city or province too."""
    uow.actor.demand_region(region_code)
    known = regions().nearest_known if wide else regions().nearest_local
    if known(region_code) is None:
        raise invalid.at(pointer, says("no-such-division"))


def demand_division(invalid: type[Invalid], code: str, pointer: str) -> None:
    """Refuse a code that is no division; it may be anybody's."""
    if regions().nearest_known(code) is None:
        raise invalid.at(pointer, says("no-such-division"))
