"""Which sources are silent, which feeds are overdue, and what is counted of them for the metrics of the house."""

from collections.abc import Mapping

import sqlalchemy as sa

from services.monitoring.models.sources import Feed
from services.monitoring.sources.errors import FeedNotFound
from services.monitoring.sources.rules import overdue_since
from services.monitoring.sources.schemas import FeedOut
from services.monitoring.sources.sheets import FEED_LIST
from services.monitoring.sources.store import load_feeds, load_last_moments, load_received, shown_feeds
from shared import metrics
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.words.said import says

_FEEDS = table_of(Feed)
_SELECT_FEEDS = sa.select(*_FEEDS.c, _FEEDS.c.code.label("source"))


def silent_sources(reading: Reading) -> Mapping[str, int]:
    """Whole days without a fact of each source that is expected to speak; 0 while it is not overdue."""
    expected = reading.resources.source_silence_days
    if not expected:
        return {}
    last = load_last_moments(reading)
    days = {source: (reading.now() - last[source]).days for source in expected if source in last}
    return {source: days.get(source, 0) * (days.get(source, 0) >= allowed) for source, allowed in expected.items()}


def silence_counts(reading: Reading) -> metrics.Counts:
    """Sources that are silent for longer than they may."""
    silent = silent_sources(reading)
    return {metrics.SOURCE_SILENT_DAYS: {("monitoring", source): days for source, days in silent.items()}}


class FeedList(ListQuery):
    """The feeds 数据共享, by source. They lie in no region."""

    order = by("source")
    sheet = FEED_LIST
    region = None
    updated_after: UpdatedAfter = None


def feeds(reading: Reading, asked: FeedList) -> Page[FeedOut]:
    """Feeds with what came of each."""
    return asked.page(reading, _SELECT_FEEDS, lambda rows: shown_feeds(reading, rows))


def feed(reading: Reading, source: str) -> FeedOut:
    """A feed with what came of it."""
    row = reading.connection.execute(_SELECT_FEEDS.where(_FEEDS.c.code == source)).one_or_none()
    if row is None:
        raise FeedNotFound(says("no-such-feed", source=source))
    [shown] = shown_feeds(reading, [row])
    return shown


def overdue_counts(reading: Reading) -> metrics.Counts:
    """Days for which feeds are overdue; 0 while they are not."""
    agreed, today = load_feeds(reading), reading.today()
    received = load_received(reading, agreed)
    since = {feed.source: overdue_since(feed, received[feed.source].last_on, today) for feed in agreed}
    return {
        metrics.FEED_OVERDUE_DAYS: {
            ("monitoring", source): 0 if due is None else (today - due).days for source, due in since.items()
        }
    }
