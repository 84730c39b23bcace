"""Rows of sources: when each was heard last."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.monitoring.models.sources import SourceHeard
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.unit_of_work import Reading, UnitOfWork

_HEARD = table_of(SourceHeard)


def load_last_moments(reading: Reading) -> Mapping[str, dt.datetime]:
    """When each source was heard last."""
    return {row.source: row.last_at for row in reading.connection.execute(sa.select(_HEARD))}


def write_last_moments(uow: UnitOfWork, moments: Mapping[str, dt.datetime]) -> None:
    """Keep when these sources were heard last; a later moment that is there stays."""
    rows = [{"source": source, "last_at": last_at} for source, last_at in moments.items()]
    execute_rows(uow.connection, _upsert_heard(uow.connection.dialect.name), rows)


@cache
def _upsert_heard(dialect: str) -> Any:
    """An insert that keeps the later moment of a source: late changes of old facts are no news of it."""
    statement = insert_into(_HEARD, dialect)
    later = sa.case((_HEARD.c.last_at < statement.excluded.last_at, statement.excluded.last_at), else_=_HEARD.c.last_at)
    return statement.on_conflict_do_update(index_elements=["source"], set_={"last_at": later})
