"""What waits in silence: households that a missing policy value keeps from being judged, sources that say nothing."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.monitoring.models import Fact, Household, SourceHeard
from services.monitoring.risks.rules.parameters import RULE_KEYS
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.unit_of_work import Reading, UnitOfWork

_HOUSEHOLDS, _FACTS, _HEARD = table_of(Household), table_of(Fact), table_of(SourceHeard)
_BY_PLACE = (
    sa.select(_HOUSEHOLDS.c.region_code, sa.func.count())
    .where(_HOUSEHOLDS.c.ended_on.is_(None))
    .group_by(_HOUSEHOLDS.c.region_code)
)
_COUNTY_DIGITS = 6
_ALL_SOURCES = ""
"""Stands for the facts of all sources: the moment up to which they were read."""


def undecided_households(reading: Reading) -> Mapping[tuple[str, str], int]:
    """How many households cannot be judged today, by the policy value that is missing and by county."""
    waiting: Counter[tuple[str, str]] = Counter()
    if not _something_is_missing(reading):
        return waiting
    for region_code, households in reading.connection.execute(_BY_PLACE):
        view = reading.policy.at(region_code, reading.today())
        for key in RULE_KEYS:
            if view.find(key) is None:
                waiting[key, region_code[:_COUNTY_DIGITS]] += households
    return waiting


def _something_is_missing(reading: Reading) -> bool:
    regions = {pack.region for pack in reading.policy.packs if pack.region is not None}
    views = [reading.policy.at(region, reading.today()) for region in regions]
    return any(view.find(key) is None for view in views for key in RULE_KEYS)


def tell_undecided(uow: UnitOfWork) -> bool:
    """Say once a day, in the log and the audit, which policy value is missing where, and who waits for it."""
    audit, today = uow.floor.audit, uow.today()
    for (key, county), households in sorted(undecided_households(uow).items()):
        subject = f"{key} {county} {today}"
        if not uow.connection.scalar(sa.select(sa.exists().where(audit.c.subject == subject))):
            uow.audit("policy.undecided", subject, after={"households": households})
            uow.note("policy.undecided", key=key, region=county, date=str(today), households=households)
    return False


def listen(uow: UnitOfWork) -> bool:
    """Keep when each source was heard last, from the facts that came in since the last look.

    A source that is expected to speak and never did is waited for from the first look on.
    """
    heard = {row.source: row.last_at for row in uow.connection.execute(sa.select(_HEARD))}
    came_in = sa.select(_FACTS.c.source, sa.func.max(_FACTS.c.recorded_at), sa.func.max(_FACTS.c.updated_at))
    if _ALL_SOURCES in heard:
        came_in = came_in.where(_FACTS.c.updated_at > heard[_ALL_SOURCES])
    said = uow.connection.execute(came_in.group_by(_FACTS.c.source)).all()
    latest = {source: spoke_at for source, spoke_at, _ in said}
    waited_for = uow.resources.source_silence_days.keys() - heard.keys() - latest.keys()
    latest |= dict.fromkeys(waited_for, uow.now())
    if said:
        latest[_ALL_SOURCES] = max(changed_at for _, _, changed_at in said)
    rows = [{"source": source, "last_at": last_at} for source, last_at in latest.items()]
    execute_rows(uow.connection, _keeping(uow.connection.dialect.name), rows)
    return False


@cache
def _keeping(dialect: str) -> Any:
    """An insert that keeps the later moment of a source: late changes of old facts are no news of it."""
    statement = insert_into(_HEARD, dialect)
    later = sa.case((_HEARD.c.last_at < statement.excluded.last_at, statement.excluded.last_at), else_=_HEARD.c.last_at)
    return statement.on_conflict_do_update(index_elements=["source"], set_={"last_at": later})


def silent_sources(reading: Reading) -> Mapping[str, int]:
    """Whole days without a fact of each source that is expected to speak; 0 while it is not overdue."""
    expected = reading.resources.source_silence_days
    if not expected:
        return {}
    rows = reading.connection.execute(sa.select(_HEARD).where(_HEARD.c.source.in_(expected)))
    days = {row.source: (reading.now() - row.last_at).days for row in rows}
    return {source: days.get(source, 0) * (days.get(source, 0) >= allowed) for source, allowed in expected.items()}
