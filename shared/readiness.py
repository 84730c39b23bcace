"""Ready means able: a row can be written and read, the loops come round, the database is the one of this release."""

import asyncio
import time
from collections.abc import Iterable

import sqlalchemy as sa

from shared.db.database import Database
from shared.db.trouble import Busy, DatabaseUnreachable, sentence_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id

STALL_SECONDS = 15.0
"""A loop that has not come round for so long hangs."""
_ANSWER_SECONDS = 1.5
"""Whoever asks is answered within this, also where the database is slow: it was able a moment ago."""
_PROBE = "readiness"


class Readiness:
    """What keeps a database from taking and giving a row. Many who ask at once share one look."""

    def __init__(self) -> None:
        self._looking: asyncio.Task[str | None] | None = None
        self._able_at = time.monotonic()

    async def fault(self, database: Database) -> str | None:
        """What is wrong with the database, in its own words; None where it works."""
        if database.broken is not None:
            return f"database: {database.broken}"
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(database))
        looking = self._looking  # another caller may begin the next look before this one reads the result
        done, _ = await asyncio.wait({looking}, timeout=_ANSWER_SECONDS)
        if done:
            return looking.result()
        silent = time.monotonic() - self._able_at
        return f"database: took no row for {silent:.0f} s" if silent > STALL_SECONDS else None

    async def close(self) -> None:
        """Ask no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})

    async def _look(self, database: Database) -> str | None:
        try:
            await database.read(database.schema.look)
            if database.schema.difference is not None:
                return database.schema.difference
            await database.write(write_and_read)
        except (sa.exc.SQLAlchemyError, DatabaseUnreachable, Busy) as error:
            return f"database: {sentence_of(error)}"
        self._able_at = time.monotonic()
        return None


def write_and_read(uow: UnitOfWork) -> None:
    """Write a row of one's own, read it, and leave nothing behind."""
    table, key = uow.system_tables.idempotency, str(new_id())
    mine = (table.c.client_id == _PROBE) & (table.c.key == key)
    row = {"client_id": _PROBE, "key": key, "request_hash": "", "created_at": uow.now()}
    uow.connection.execute(sa.insert(table).values(row))
    uow.connection.execute(sa.select(table.c.key).where(mine)).one()
    uow.connection.execute(sa.delete(table).where(mine))


def stalled(loops: Iterable[tuple[str, float]]) -> list[str]:
    """Which of these loops, each with the seconds since it came round, hang."""
    return [f"{name} made no turn for {seconds:.0f} s" for name, seconds in loops if seconds > STALL_SECONDS]
