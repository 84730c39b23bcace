"""Sealing what stands in the clear, in migrations: in one transaction, with a thousand rows in memory at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from alembic import context, op

from shared.clock import SystemClock
from shared.db.base import UtcDateTime
from shared.db.check_migrations import rewrite_table
from shared.security.keyring import KeyRingRefused, VaultKey, key_of
from shared.security.vault import Vault, known_by, place_of

VAULT: Final = "vault"
"""The attribute of the configuration under which a migration finds the vault."""
REWRITTEN: Final = "rewritten"
"""The attribute under which it leaves the names of tables whose old rows must not linger on the disk."""
_ROWS = 1000
_KEYS = sa.table(
    "sealing_key",
    sa.column("id", sa.String()),
    sa.column("known_by", sa.Text()),
    sa.column("since", UtcDateTime()),
    sa.column("replaced_at", UtcDateTime()),
)


@dataclass(frozen=True)
class ToSeal:
    """The columns of a table that are to be sealed."""

    table: str
    key: Mapping[str, sa.types.TypeEngine[Any]]
    """Its primary key, in order."""
    columns: Sequence[str]
    indexes: Mapping[str, str] = field(default_factory=dict)
    """By column, the one for its blind index."""


def create_sealing_key() -> None:
    """Which keys sealed something."""
    op.create_table(
        "sealing_key",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("known_by", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("replaced_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sealing_key"),
    )


def drop_sealing_key() -> None:
    """Take the table of `create_sealing_key` away again."""
    op.drop_table("sealing_key")


IDEMPOTENCY = ToSeal("idempotency", {"client_id": sa.String(), "key": sa.String()}, ["answer"])
"""The answers that every house keeps."""


def seal_columns(to_seal: ToSeal) -> None:
    """Seal what the columns hold. Raises KeyRingRefused where they hold something and there is no ring."""

    def sealed(row: Mapping[Any, Any]) -> dict[str, Any]:
        key = _key_in_use()
        values = {name: row[name] and key.seal(row[name], _place(to_seal, name, row)) for name in to_seal.columns}
        return values | {at: row[name] and key.index_of(row[name], name) for name, at in to_seal.indexes.items()}

    if _rewrite_rows(to_seal, sealed):
        context.config.attributes.setdefault(REWRITTEN, []).append(to_seal.table)


def index_columns(to_seal: ToSeal) -> None:
    """Fill the blind indexes of columns that are sealed already, each by the key that sealed its value."""

    def indexed(row: Mapping[Any, Any]) -> dict[str, Any]:
        vault, kept = _vault(), {name: row[name] for name in to_seal.columns}
        opened = {name: kept[name] and vault.open(kept[name], _place(to_seal, name, row)) for name in to_seal.indexes}
        return kept | {
            at: opened[name] and vault.key(key_of(kept[name])).index_of(opened[name], name)
            for name, at in to_seal.indexes.items()
        }

    _rewrite_rows(to_seal, indexed)


def open_columns(to_seal: ToSeal) -> None:
    """Write the texts back in the clear."""

    def opened(row: Mapping[Any, Any]) -> dict[str, Any]:
        vault = _vault()
        values = {name: row[name] and vault.open(row[name], _place(to_seal, name, row)) for name in to_seal.columns}
        return values | dict.fromkeys(to_seal.indexes.values())

    _rewrite_rows(to_seal, opened)


def widen(table: str, column: str, length: int) -> None:
    """Have a column hold a text of any length."""
    _retype(table, column, sa.String(length), sa.Text())


def narrow(table: str, column: str, length: int) -> None:
    """Have a column hold a text of this length at most again."""
    _retype(table, column, sa.Text(), sa.String(length))


def _retype(table: str, column: str, before: sa.types.TypeEngine[Any], after: sa.types.TypeEngine[Any]) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column(table, column, type_=after, existing_type=before)
        return
    was, is_now = (kind.compile(dialect=connection.dialect) for kind in (before, after))
    pattern = rf"(\b{column}\b\"?) {was.replace('(', '[(]').replace(')', '[)]')}"
    rewrite_table(table, pattern, rf"\g<1> {is_now}")


def _rewrite_rows(to_seal: ToSeal, rewritten: Callable[[Mapping[Any, Any]], dict[str, Any]]) -> int:
    written = [*to_seal.columns, *to_seal.indexes.values()]
    table = sa.table(
        to_seal.table,
        *(sa.column(name, kind) for name, kind in to_seal.key.items()),
        *(sa.column(name, sa.Text()) for name in written),
    )
    found = [table.c[name] == sa.bindparam(f"of_{name}") for name in to_seal.key]
    update = sa.update(table).where(*found).values({name: sa.bindparam(f"to_{name}") for name in written})
    count = 0
    for rows in _batches(to_seal, table):
        changes = [
            {f"of_{name}": row[name] for name in to_seal.key}
            | {f"to_{name}": value for name, value in rewritten(row).items()}
            for row in rows
        ]
        op.get_bind().execute(update, changes)
        count += len(rows)
    return count


def _batches(to_seal: ToSeal, table: sa.TableClause) -> Iterator[Sequence[Mapping[Any, Any]]]:
    key = [table.c[name] for name in to_seal.key]
    filled = sa.or_(*(table.c[name].is_not(None) for name in to_seal.columns))
    asked = sa.select(*key, *(table.c[name] for name in to_seal.columns)).where(filled).order_by(*key).limit(_ROWS)
    rows = op.get_bind().execute(asked).mappings().all()
    while rows:
        yield rows
        last = [sa.literal(rows[-1][column.name], column.type) for column in key]
        rows = op.get_bind().execute(asked.where(sa.tuple_(*key) > sa.tuple_(*last))).mappings().all()


def _key_in_use() -> VaultKey:
    """The key that seals here; the newest of the ring where none does yet."""
    vault = _vault()
    if vault.current is None:
        asked = sa.select(_KEYS.c.id).where(_KEYS.c.replaced_at.is_(None)).order_by(_KEYS.c.since.desc()).limit(1)
        vault.current = op.get_bind().scalar(asked) or _take_into_use(vault.ring().newest)
    return vault.key(vault.current)


def _take_into_use(key: VaultKey) -> str:
    row = {"id": key.id, "known_by": known_by(key), "since": SystemClock().now(), "replaced_at": None}
    op.get_bind().execute(sa.insert(_KEYS).values(row))
    return key.id


def _vault() -> Vault:
    found = context.config.attributes.get(VAULT)
    if not isinstance(found, Vault):
        raise KeyRingRefused("there are rows to seal or to open, and no key ring was named")
    return found


def _place(to_seal: ToSeal, column: str, row: Mapping[Any, Any]) -> bytes:
    return place_of(to_seal.table, column, [row[name] for name in to_seal.key])
