"""Which keys sealed what a database holds: looked at before work, and written when a key is taken into use."""

import datetime as dt
from typing import Final

import sqlalchemy as sa

from shared.clock import SystemClock
from shared.db.base import Sealed, UtcDateTime
from shared.db.migrate import bare_engine, is_missing_file
from shared.db.rows import insert_into
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.security.keyring import KeyRingRefused, VaultKey
from shared.security.vault import Vault, known_by

GRACE: Final = dt.timedelta(days=1)
"""How long a key that was replaced stays on the ring: a process that hung meanwhile may have used it once more."""


def look_at_keys(reading: Reading) -> str | None:
    """The key that seals here; None where nothing was ever sealed.

    Raises KeyRingRefused where the ring lacks a key that the database needs, or has another one under its name.
    """
    vault, table = vault_of(reading), reading.system_tables.sealing_key
    rows = reading.connection.execute(sa.select(table).order_by(table.c.since, table.c.id)).all()
    needed = [row for row in rows if row.replaced_at is None]
    for row in needed:
        vault.demand(row.id, row.known_by)
    vault.current = needed[-1].id if needed else None
    return vault.current


def admit_key(uow: UnitOfWork) -> None:
    """Let the newest key of the ring seal, where none does yet. Raises KeyRingRefused."""
    if look_at_keys(uow) is None:
        take_into_use(uow, vault_of(uow).ring().newest)


def key_to_seal_with(uow: UnitOfWork) -> VaultKey:
    """The key that seals in this transaction. Raises KeyRingRefused."""
    vault = vault_of(uow)
    if vault.current is not None:
        return vault.key(vault.current)
    table = uow.system_tables.sealing_key
    newest = sa.select(table.c.id).where(table.c.replaced_at.is_(None)).order_by(table.c.since.desc()).limit(1)
    found = uow.connection.scalar(newest)
    return vault.key(found) if found is not None else take_into_use(uow, vault.ring().newest)


def take_into_use(uow: UnitOfWork, key: VaultKey) -> VaultKey:
    """Have a key known as one that seals here; again where it was replaced before."""
    table = uow.system_tables.sealing_key
    adding = insert_into(table, uow.connection.dialect.name).values(
        id=key.id, known_by=Sealed(known_by(key)), since=uow.now(), replaced_at=None
    )
    again = {"since": adding.excluded.since, "replaced_at": None}
    uow.connection.execute(adding.on_conflict_do_update(index_elements=["id"], set_=again))
    return key


def mark_replaced(uow: UnitOfWork, by: str) -> list[str]:
    """Nothing here is sealed by another key any more; returns which keys that ends."""
    table = uow.system_tables.sealing_key
    others = sa.update(table).where(table.c.id != by, table.c.replaced_at.is_(None)).values(replaced_at=uow.now())
    return sorted(uow.connection.scalars(others.returning(table.c.id)))


async def keys_in_use(url: str) -> frozenset[str]:
    """The keys that a database needs, or needed within the last day: a process that hung may have used one again.

    None where there is no database, or it was never migrated.
    """
    found = sa.table("sealing_key", sa.column("id", sa.String()), sa.column("replaced_at", UtcDateTime()))
    lately = SystemClock().now() - GRACE
    needed = sa.select(found.c.id).where(found.c.replaced_at.is_(None) | (found.c.replaced_at > lately))

    def ask(connection: sa.Connection) -> frozenset[str]:
        known = sa.inspect(connection).has_table(found.name)
        return frozenset(connection.scalars(needed)) if known else frozenset()

    if is_missing_file(url):
        return frozenset()
    engine = bare_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(ask)
    finally:
        await engine.dispose()


def vault_of(reading: Reading) -> Vault:
    """The vault of the house. Raises KeyRingRefused where whoever opened the database named none."""
    if reading.resources.vault is None:
        raise KeyRingRefused("this process was given no key ring")
    return reading.resources.vault
