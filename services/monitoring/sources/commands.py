"""Listening to sources, and keeping what they agreed to bring: who says nothing is noticed."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.models.facts import Fact
from services.monitoring.models.sources import Feed
from services.monitoring.sources.errors import FeedInvalid
from services.monitoring.sources.schemas import FeedIn, FeedOut
from services.monitoring.sources.store import load_last_moments, shown_feeds, write_last_moments
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.registers.commands import Put, Register, put
from shared.security.sources import HOUSE_SOURCES
from shared.versions import ExpectedVersion
from shared.words.said import says

_FACTS = table_of(Fact)
_ALL_SOURCES = ""
"""Stands for the facts of all sources: the moment up to which they were read."""


def listen(uow: UnitOfWork) -> bool:
    """Keep when each source was heard last, from the facts that came in since the last look.

    A source that is expected to speak and never did is waited for from the first look on.
    """
    heard = load_last_moments(uow)
    came_in = sa.select(_FACTS.c.source, sa.func.max(_FACTS.c.recorded_at), sa.func.max(_FACTS.c.updated_at))
    if _ALL_SOURCES in heard:
        came_in = came_in.where(_FACTS.c.updated_at > heard[_ALL_SOURCES])
    said = uow.connection.execute(came_in.group_by(_FACTS.c.source)).all()
    latest = {source: spoke_at for source, spoke_at, _ in said}
    waited_for = uow.resources.source_silence_days.keys() - heard.keys() - latest.keys()
    latest |= dict.fromkeys(waited_for, uow.now())
    if said:
        latest[_ALL_SOURCES] = max(changed_at for _, _, changed_at in said)
    write_last_moments(uow, latest)
    return False


def put_feed(uow: UnitOfWork, source: str, body: FeedIn, expected: ExpectedVersion | None) -> Put[FeedOut]:
    """Register what a source has agreed to bring every month, or change it. The same again changes nothing.

    Whoever registered it first, and whoever is responsible for a region around theirs, changes it.
    """
    if source in HOUSE_SOURCES:
        raise FeedInvalid.at("/source", says("source-is-a-house", source=source))
    return put(uow, _REGISTER, source, body, expected)


def _demand_binder(uow: UnitOfWork, feed: Feed) -> None:
    uow.actor.demand_region(feed.bound_in)


def _fields(uow: UnitOfWork, body: FeedIn, feed: Feed | None) -> dict[str, Any]:
    said = body.model_dump()
    return said if feed is not None else said | {"bound_in": uow.actor.regions[0], "agreed_on": uow.today()}


def _audit_view(feed: Feed, _parts: Sequence[None]) -> dict[str, Any]:
    return {"kinds": feed.kinds, "due_day": feed.due_day, "bound_in": feed.bound_in, "version": feed.version}


def _log_fields(feed: Feed, _parts: Sequence[None]) -> dict[str, Any]:
    return {"source": feed.code, "feed_version": feed.version}


def _shown(uow: UnitOfWork, feed: Feed, _parts: Sequence[None]) -> FeedOut:
    [shown] = shown_feeds(uow, [feed])
    return shown


_REGISTER: Final = Register(
    model=Feed,
    guard=_demand_binder,
    fields=_fields,
    audit_view=_audit_view,
    log_fields=_log_fields,
    shown=_shown,
    entered="feed.put",
    changed="feed.put",
)
