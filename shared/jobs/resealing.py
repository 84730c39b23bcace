"""Rotating keys 密钥轮换: whatever a house keeps sealed is sealed anew by the newest key, while the house works.

Rows that somebody holds are passed over, so that nobody waits for anybody in a ring; what is left, or was written by
the key of before meanwhile, is found by another pass. Only then are the keys of before done with.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from shared.db.sealed import RowRead, SealedTable, sealed_tables
from shared.db.sealing_keys import mark_replaced, take_into_use, vault_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.jobs.work import Document, Part, Standing, Work
from shared.security.keyring import MARK, VaultKey, key_of

KEY_ROTATION: Final = "key-rotation"
_ROWS = 500
"""Rows of one part: a few hundredths of a second."""


class _Place(NamedTuple):
    """Where the next part begins: a table, and the key of the row before."""

    key_id: str
    table: int
    after: list[Any] | None


def resealing(metadata: sa.MetaData) -> Work:
    """The rotation of all sealed tables of a house."""
    tables = sealed_tables(metadata)
    return Work(total=partial(_count, tables), do_part=partial(_do_part, tables))


def _count(tables: Sequence[SealedTable], reading: Reading, _: Document) -> int:
    counts = [sa.select(sa.func.count()).select_from(sealed.table) for sealed in tables]
    return sum(reading.connection.scalar(count) or 0 for count in counts)


def _do_part(tables: Sequence[SealedTable], uow: UnitOfWork, standing: Standing) -> Part:
    place = _Place(*standing.position) if standing.position else _begin(uow)
    key = vault_of(uow).key(place.key_id)
    if place.table == len(tables):
        return _end(tables, uow, key, standing.result)
    sealed = tables[place.table]
    rows = _next_rows(uow, sealed, place.after)
    resealed = _reseal(uow, sealed, key, rows)
    result = {"key": key.id, "resealed": standing.result.get("resealed", 0) + resealed}
    if len(rows) < _ROWS:
        return Part([key.id, place.table + 1, None], len(rows), result, ended=False)
    return Part([key.id, place.table, _as_json(sealed, rows[-1])], len(rows), result, ended=False)


def _begin(uow: UnitOfWork) -> _Place:
    """Have the newest key seal from now on: by this house within seconds, and by this job at once."""
    return _Place(take_into_use(uow, vault_of(uow).ring().newest).id, 0, None)


def _end(tables: Sequence[SealedTable], uow: UnitOfWork, key: VaultKey, result: Document) -> Part:
    if any(_is_left(uow, sealed, key) for sealed in tables):
        return Part([key.id, 0, None], 0, result, ended=False)
    return Part([key.id, len(tables), None], 0, {**result, "replaced": mark_replaced(uow, key.id)}, ended=True)


def _is_left(uow: UnitOfWork, sealed: SealedTable, key: VaultKey) -> bool:
    texts = [sa.type_coerce(sealed.table.c[name], sa.Text()) for name in sealed.indexes]
    other = [~text.startswith(f"{key.id}{MARK}") for text in texts]
    return uow.connection.execute(sa.select(sa.literal(1)).where(sa.or_(*other)).limit(1)).first() is not None


def _next_rows(uow: UnitOfWork, sealed: SealedTable, after: list[Any] | None) -> Sequence[RowRead]:
    key = [sealed.table.c[name] for name in sealed.key]
    asked = sa.select(*key, *(sealed.table.c[name] for name in sealed.indexes)).order_by(*key).limit(_ROWS)
    if after is not None:
        values = [_as_key(column, value) for column, value in zip(key, after, strict=True)]
        asked = asked.where(sa.tuple_(*key) > sa.tuple_(*values))
    return uow.connection.execute(asked.with_for_update(skip_locked=True)).mappings().all()


def _reseal(uow: UnitOfWork, sealed: SealedTable, key: VaultKey, rows: Sequence[RowRead]) -> int:
    old = [row for row in rows if any(row[name] and key_of(row[name]) != key.id for name in sealed.indexes)]
    if old:
        columns = [name for pair in sealed.indexes.items() for name in pair if name]
        found = [sealed.table.c[name] == sa.bindparam(f"of_{name}") for name in sealed.key]
        update = sa.update(sealed.table).where(*found).values({name: sa.bindparam(f"to_{name}") for name in columns})
        uow.connection.execute(update, [_values(uow, sealed, key, row) for row in old])
    return len(old)


def _values(uow: UnitOfWork, sealed: SealedTable, key: VaultKey, row: RowRead) -> dict[str, Any]:
    opened = sealed.open(uow, row)
    anew = {f"to_{name}": value for name, value in sealed.sealed_by(key, opened).items()}
    return anew | {f"of_{name}": row[name] for name in sealed.key}


def _as_json(sealed: SealedTable, row: RowRead) -> list[Any]:
    return [str(row[name]) if isinstance(row[name], UUID) else row[name] for name in sealed.key]


def _as_key(column: sa.Column[Any], value: Any) -> sa.ColumnElement[Any]:
    return sa.literal(UUID(value) if isinstance(column.type, sa.Uuid) else value, column.type)
