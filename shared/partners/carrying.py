"""What was changed in the records of clients comes into the audit of the house that keeps them, each change once.

A change and its line for the audit are one write of one file (`keeping`). From there the line is carried into the
database: at once by the request that made the change, within a second for changes made at the machine, and after the
next start where nothing ran or the database was away. A kill between the two carries it again, and finds it there.
"""

import asyncio
import datetime as dt
import fcntl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import structlog

from shared import metrics
from shared.clock import unix_now
from shared.context import Context
from shared.db.database import Database
from shared.db.trouble import is_transient
from shared.db.unit_of_work import UnitOfWork
from shared.security.clients import Book, read_book, watched_book, write_book
from shared.security.files import locked
from shared.tracing import Step

LOOK_SECONDS: Final = 1.0
NOTICE_SECONDS: Final = 14 * 24 * 3600.0
"""So long before its last day is over a client is counted as ending."""
log = structlog.get_logger()


class Carrier:
    """Carries the changes of one data folder into one house."""

    def __init__(self, data: Path, database: Database) -> None:
        self._data = data
        self._database = database
        self._book = watched_book(data)

    async def run(self) -> None:
        """Carry what comes, and show which clients end soon, for ever."""
        await asyncio.to_thread(self._take_over)
        while True:
            if self._book().changes:
                await self.carry()
            self._show_ending()
            await asyncio.sleep(LOOK_SECONDS)

    async def carry(self) -> None:
        """Bring all changes that wait into the audit; while the database is away they go on waiting."""
        try:
            await self._carry()
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("client.audit_waits", error=type(error).__name__)

    async def _carry(self) -> None:
        """As said. Where another process is doing that already, it does it."""
        with (self._data / ".audit.lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            changes = (await asyncio.to_thread(read_book, self._data)).changes
            if changes:
                await self._database.write(enter_changes, changes)
                await asyncio.to_thread(self._forget, {change["id"] for change in changes})

    def _take_over(self) -> None:
        """Bring the files into today's form, and the public one up to the other, where there are records."""
        with locked(self._data):
            book = read_book(self._data)
            if book.clients:
                write_book(self._data, book)

    def _forget(self, carried: set[str]) -> None:
        with locked(self._data):
            book = read_book(self._data)
            write_book(self._data, Book(book.clients, [one for one in book.changes if one["id"] not in carried]))

    def _show_ending(self) -> None:
        now = unix_now()
        ending = [one for one in self._book().clients.values() if one.holds(now) and one.ends_at < now + NOTICE_SECONDS]
        metrics.CLIENTS_ENDING.set(len(ending))


def enter_changes(uow: UnitOfWork, changes: Sequence[Mapping[str, Any]]) -> None:
    """Write an audit row for each change that has none yet: each names the change in what it became."""
    audit = uow.system_tables.audit
    chains = {change["correlation_id"] for change in changes}
    found = uow.connection.scalars(sa.select(audit.c.after).where(audit.c.correlation_id.in_(chains)))
    entered = {after["change"] for after in found if after and "change" in after}
    for change in changes:
        if change["id"] not in entered:
            uow.audit(
                change["action"],
                change["subject"],
                before=change["before"],
                after={**change["after"], "change": change["id"]},
                actor=change["actor"],
                context=Context(change["correlation_id"], Step()),
                at=dt.datetime.fromisoformat(change["at"]),
            )
