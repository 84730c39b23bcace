"""Rows of sources: when each was heard last, what it brought by day, and what it agreed to bring."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.monitoring.models.sources import Feed, SourceDay, SourceHeard
from services.monitoring.sources.rules import Agreed, Received, overdue_since
from services.monitoring.sources.schemas import FeedOut
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork

_HEARD, _DAYS, _FEEDS = table_of(SourceHeard), table_of(SourceDay), table_of(Feed)
_SELECT_RECEIVED = sa.select(_DAYS.c.source, _DAYS.c.type, _DAYS.c.on, _DAYS.c.rows).where(
    is_one_of(_DAYS.c.source, "sources")
)


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


def load_received(reading: Reading, feeds: Collection[Agreed]) -> Mapping[str, Received]:
    """What came of each feed: the last day on which something of its kinds came, and how much this month."""
    kinds = {feed.source: frozenset(feed.kinds) for feed in feeds}
    month = reading.today().replace(day=1)
    last: dict[str, dt.date] = {}
    rows: defaultdict[str, int] = defaultdict(int)
    for source, kind, on, number in reading.connection.execute(_SELECT_RECEIVED, {"sources": list(kinds)}):
        if kind in kinds[source]:
            last[source] = max(on, last.get(source, on))
            rows[source] += number * (on >= month)
    return {source: Received(last.get(source), rows[source]) for source in kinds}


def load_feeds(reading: Reading) -> list[Agreed]:
    """All that sources agreed to bring."""
    return [Agreed.of(row) for row in reading.connection.execute(sa.select(_FEEDS))]


def shown_feeds(reading: Reading, rows: Sequence[Any]) -> list[FeedOut]:
    """Feeds from their rows."""
    received = load_received(reading, [Agreed.of(row) for row in rows])
    return [_shown(reading, row, received[row.code]) for row in rows]


def _shown(reading: Reading, row: Any, received: Received) -> FeedOut:
    since = overdue_since(Agreed.of(row), received.last_on, reading.today())
    return FeedOut(
        source=row.code,
        kinds=row.kinds,
        due_day=row.due_day,
        owner=row.owner,
        last_received_on=received.last_on,
        rows=received.rows,
        overdue=since is not None,
        overdue_since=since,
        version=row.version,
        updated_at=row.updated_at,
    )
