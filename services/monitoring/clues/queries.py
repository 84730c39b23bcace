"""What can be asked of clues: those of the caller's region, and those that it sent itself, wherever they went since."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field

from services.monitoring.answers.store import CLUES
from services.monitoring.clues.errors import ClueNotFound
from services.monitoring.clues.rules import median_of
from services.monitoring.clues.schemas import ClueOut, ClueStatistics, SourceStatistics
from services.monitoring.clues.sheets import CLUE_LIST
from services.monitoring.clues.store import clue_id_of, shown_clues, was_sent_by
from shared.codes.assistance import TaskVerdict
from shared.codes.code import Open
from shared.codes.monitoring import ClueChannel, ClueStatus
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.fields import Day, HouseholdCode, Reference, Source, UpdatedAfter
from shared.lists.filters import Columns, holds
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.security.actor import Actor
from shared.words.said import says


def _is_overdue(reading: Reading) -> sa.ColumnElement[bool]:
    return (CLUES.c.status == ClueStatus.OPEN) & (sa.func.coalesce(CLUES.c.due_on, dt.date.max) < reading.today())


class ClueList(ListQuery):
    """Which clues 线索 are asked for, the newest first."""

    order = newest_by("received_at")
    sheet = CLUE_LIST
    source: Source | None = None
    source_ref: Reference | None = None
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    channel: Open[ClueChannel] | None = None
    status: ClueStatus | None = None
    overdue: Annotated[bool | None, holds(_is_overdue)] = None
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Return which clues the caller may see: of the region, and of a source that is named and its own all."""
        here, actor = super().visible(reading, columns), reading.actor
        if self.region_code is not None or self.source not in actor.own_sources:
            return here
        own = within(columns["sent_within"], actor)
        # Whom an identity number meant is not found out by asking for one household after the other.
        return here | (
            own if self.household_code is None else own & (columns["named_household"] == self.household_code)
        )


class StatisticsQuery(BaseModel):
    """Of which clues statistics are asked for."""

    model_config = ConfigDict(extra="forbid")

    region_code: RegionFilter | None = None
    first: Day | None = Field(None, alias="from", description="First day on which they came in")
    last: Day | None = Field(None, alias="to", description="Last day on which they came in")


def clue(reading: Reading, clue_id: UUID) -> ClueOut:
    """A clue with its history; of one that the caller sent and that left its region what was sent, and the answer."""
    row = reading.connection.execute(sa.select(CLUES).where(CLUES.c.id == clue_id)).mappings().one_or_none()
    if row is None or not (reading.actor.sees(row["region_code"]) or was_sent_by(reading.actor, row)):
        raise ClueNotFound(says("none-of-that-code", thing="clue", code=clue_id, region=reading.actor.place))
    [shown] = shown_clues(reading, [row])
    return shown


def clues(reading: Reading, asked: ClueList) -> Page[ClueOut]:
    """Clues with their histories."""
    rows = sa.select(CLUES)
    if asked.source is not None and asked.source_ref is not None:
        rows = rows.where(CLUES.c.id == clue_id_of(asked.source, asked.source_ref))
    return asked.page(reading, rows, lambda found: shown_clues(reading, [row._asdict() for row in found]))


def statistics(reading: Reading, asked: StatisticsQuery) -> ClueStatistics:
    """What became of the clues that came in within some days, by source, as they stand now."""
    which = [_counts(reading.actor, asked.region_code)]
    which += [CLUES.c.received_on >= asked.first] if asked.first is not None else []
    which += [CLUES.c.received_on <= asked.last] if asked.last is not None else []
    days = _days_to_answer(reading, which)
    source = CLUES.c.source
    found = sa.select(source, *_counted(reading)).where(*which).group_by(source).order_by(source)
    return ClueStatistics(
        items=[
            SourceStatistics(**row, median_days=median_of(days.get(row["source"], ())))
            for row in reading.connection.execute(found).mappings()
        ]
    )


def _counts(actor: Actor, region_code: str | None) -> sa.ColumnElement[bool]:
    """Which clues are counted: of the region that is asked for, or of the caller's own, and those it sent itself."""
    here = within(CLUES.c.region_code, actor, region_code)
    own = CLUES.c.source.in_(actor.own_sources) & within(CLUES.c.sent_within, actor)
    return here | own if region_code is None and actor.own_sources else here


def _counted(reading: Reading) -> Iterator[sa.ColumnElement[Any]]:
    """What is counted of the clues of a source."""
    columns = CLUES.c
    conditions = {
        "matched": columns.household_code.is_not(None),
        "ambiguous": columns.status == ClueStatus.AMBIGUOUS,
        "unmatched": columns.status == ClueStatus.UNMATCHED,
        "linked": columns.status == ClueStatus.LINKED,
        "confirmed": columns.verdict == TaskVerdict.CONFIRMED,
        "no_risk": columns.verdict == TaskVerdict.NO_RISK,
        "open": columns.status == ClueStatus.OPEN,
        "overdue": _is_overdue(reading),
        "withdrawn": columns.status == ClueStatus.WITHDRAWN,
        "answered_in_time": columns.answered_on <= columns.due_on,
    }
    yield sa.func.count().label("sent")
    for name, condition in conditions.items():
        yield sa.func.count().filter(condition).label(name)


def _days_to_answer(reading: Reading, which: Sequence[sa.ColumnElement[bool]]) -> dict[str, list[tuple[int, int]]]:
    """By source, how many clues were answered after how many days."""
    asked = (
        sa.select(CLUES.c.source, CLUES.c.received_on, CLUES.c.answered_on, sa.func.count())
        .where(*which, CLUES.c.answered_on.is_not(None))
        .group_by(CLUES.c.source, CLUES.c.received_on, CLUES.c.answered_on)
    )
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for source, received_on, answered_on, number in reading.connection.execute(asked):
        found[source].append(((answered_on - received_on).days, number))
    return found
