"""What goes wrong with a database, told apart: what passes, what stays, what is held by another, in whose words."""

import os

import asyncpg
import sqlalchemy as sa

from shared.errors import Unavailable
from shared.identity import mask_error
from shared.words.said import Said, says

RETRYABLE_SQLSTATES = {"40001", "40P01"}
"""PostgreSQL's serialization failure and deadlock: the transaction did nothing and may simply run again."""
LOCK_NOT_HAD = "55P03"
_IDLE_IN_TRANSACTION = "25P03"
_PASSING_SQLSTATES = (*sorted(RETRYABLE_SQLSTATES), "08", "53", LOCK_NOT_HAD, "57", _IDLE_IN_TRANSACTION)
"""Those, and lost connections, exhausted resources, locks not had in time, a server going down or coming up."""
_ENDED_SQLSTATES = ("08", "57P", _IDLE_IN_TRANSACTION)
"""The connection is gone, or the server ends it: also one whose transaction did nothing for too long."""
_LOST_RACE = "23505"
"""PostgreSQL's unique violation: another transaction wrote the row first, and running again finds it."""
_BROKEN_SQLITE = {11, 26}
"""SQLite's SQLITE_CORRUPT and SQLITE_NOTADB: pages that hold nothing readable, a file that is no database."""
_BROKEN_SQLSTATE = "XX00"
_SENTENCE_LENGTH = 200


class DatabaseUnreachable(Unavailable):
    """The database takes no connections at the moment."""

    code = "database-unreachable"


class DatabaseSilent(DatabaseUnreachable):
    """The database did not answer in time. Whether what was asked has happened is not known."""


class Busy(Unavailable):
    """Another transaction holds a row this one needs, for longer than anybody waits."""

    code = "busy"


class HouseholdBusy(Busy):
    """Another transaction holds the household."""

    code = "household-busy"

    @classmethod
    def of(cls, code: str | Said) -> "HouseholdBusy":
        """This household, for now."""
        return cls(says("household-held", household=code))


def is_transient(error: BaseException) -> bool:
    """Whether the same transaction may succeed when tried again: locks, deadlocks, lost connections."""
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError | OSError):
        return True
    if isinstance(error, sa.exc.DBAPIError):
        return error.connection_invalidated or sqlstate(error).startswith(_PASSING_SQLSTATES)
    return isinstance(error, DatabaseUnreachable | Busy)


def is_unstorable(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether the database refused a value: a character it has no place for, a number out of its range."""
    return isinstance(error, sa.exc.DBAPIError) and sqlstate(error).startswith("22")


def is_lock_not_had(error: BaseException) -> bool:
    """Whether somebody else held a row for longer than this transaction may wait."""
    return isinstance(error, Busy) or (isinstance(error, sa.exc.DBAPIError) and sqlstate(error) == LOCK_NOT_HAD)


def is_of_other_release(error: BaseException) -> bool:
    """Whether a table or column is not as this release knows it (SQLSTATE class 42): it says nothing about the data."""
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    return sqlstate(error).startswith("42") or str(error.orig).startswith(("no such table", "no such column"))


def did_nothing(error: BaseException) -> bool:
    """Whether the transaction left nothing behind and running it again is likely to succeed at once."""
    return isinstance(error, sa.exc.DBAPIError) and sqlstate(error) in RETRYABLE_SQLSTATES | {_LOST_RACE}


def lost_connection(error: BaseException) -> bool:
    """Whether the connection ended under the transaction."""
    return isinstance(error, sa.exc.DBAPIError) and (
        error.connection_invalidated or sqlstate(error).startswith(_ENDED_SQLSTATES)
    )


def is_broken(error: BaseException) -> bool:
    """Whether the database itself is damaged: trying again does not help, somebody has to restore it."""
    cause = _cause_of(error)
    if not isinstance(cause, sa.exc.DBAPIError):
        return False
    code = getattr(cause.orig, "sqlite_errorcode", None)
    return sqlstate(cause).startswith(_BROKEN_SQLSTATE) or (code is not None and code & 0xFF in _BROKEN_SQLITE)


def sqlstate(error: sa.exc.DBAPIError) -> str:
    """PostgreSQL's code of the error; empty elsewhere."""
    return getattr(error.orig, "sqlstate", None) or ""


def sentence_of(error: BaseException) -> str:
    """What the database itself says is wrong, in one masked line: `database or disk is full`."""
    said = _cause_of(error)
    if isinstance(said, sa.exc.DBAPIError) and said.orig is not None:
        said = said.orig.__cause__ if isinstance(said.orig.__cause__, asyncpg.PostgresError) else said.orig
    if isinstance(said, OSError) and said.errno is not None:
        place = f"{said.filename}: " if said.filename else ""
        return place + os.strerror(said.errno)
    if isinstance(said, TimeoutError):
        return "it did not answer in time"
    first = str(said).partition("\n")[0]
    return mask_error(first)[:_SENTENCE_LENGTH] or type(said).__name__


def _cause_of(error: BaseException) -> BaseException:
    """What kept the database from being reached, or the error itself."""
    return error.__cause__ or error if isinstance(error, DatabaseUnreachable) else error
