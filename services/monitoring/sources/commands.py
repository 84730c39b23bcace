"""Listening to sources: who says nothing is noticed."""

import sqlalchemy as sa

from services.monitoring.models.facts import Fact
from services.monitoring.sources.store import load_last_moments, write_last_moments
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork

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
