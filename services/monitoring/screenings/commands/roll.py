"""The nightly roll 夜间滚动: time passes too. Once a day, whom the new day concerns is judged without any fact."""

from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.ledger.store import NEVER_JUDGED
from services.monitoring.models.ledger import HouseholdWindow
from services.monitoring.models.screenings import NightlyRoll
from services.monitoring.screenings.commands.judge import Screen, screen_next
from services.monitoring.screenings.store import SELECT_STANDING_WINDOWS
from shared.codes.monitoring import ClueType
from shared.db.base import table_of
from shared.db.rows import insert_into
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.jobs.commands import start_job
from shared.jobs.queries import next_job
from shared.jobs.work import Document, Part, Standing, Work
from shared.months import month_of

NIGHTLY_ROLL: Final = "nightly-roll"
_WINDOWS, _ROLL = table_of(HouseholdWindow), table_of(NightlyRoll)
_THE_ROW: Final = 1
_COUNTED: Final = ("households", "judged", "raised", "updated", "cleared")


def begin_roll(uow: UnitOfWork) -> bool:
    """Queue the roll of the day unless it has ended or a roll is under way; days that were missed are caught up in it.

    One that failed or was cancelled is begun again. The row of the roll is locked, so that of several processes one
    begins it. Returns False: nothing more is waiting.
    """
    today = uow.today()
    first = insert_into(_ROLL, uow.connection.dialect.name).values(id=_THE_ROW, ended=today - timedelta(days=1))
    uow.connection.execute(first.on_conflict_do_nothing())
    ended = uow.connection.scalar(sa.select(_ROLL.c.ended).where(_ROLL.c.id == _THE_ROW).with_for_update())
    if ended is not None and ended < today and next_job(uow, NIGHTLY_ROLL) is None:
        start_job(uow, NIGHTLY_ROLL, {"as_of": today.isoformat()})
    return False


def count_concerned(reading: Reading, asked: Document) -> int:
    """How many households the day concerns."""
    concerned = _concerned(_day(reading, asked)).subquery()
    return reading.connection.scalar(sa.select(sa.func.count()).select_from(concerned)) or 0


def roll_part(uow: UnitOfWork, standing: Standing) -> Part:
    """Judge the next households that the day concerns, in the order of their codes.

    A roll that goes on after midnight judges by the new day: nobody is judged for a day that is over.
    """
    day = _day(uow, standing.asked)
    screen = Screen(day, by=ClueType.ROLL)
    portion = screen_next(uow, _concerned(day), standing.position, screen)
    tally = screen.tally
    of_part = (
        len(portion.places),
        tally.judged,
        *(one.total() for one in (tally.raised, tally.updated, tally.cleared)),
    )
    before = standing.result
    counted = {name: before.get(name, 0) + number for name, number in zip(_COUNTED, of_part, strict=True)}
    if portion.ended:
        ended = date.fromisoformat(standing.asked["as_of"])
        uow.connection.execute(sa.update(_ROLL).where(_ROLL.c.ended < ended).values(ended=ended))
    return Part(portion.position, len(portion.places), {"as_of": day.isoformat(), **counted}, portion.ended)


ROLL: Final = Work(count_concerned, roll_part)


def _day(reading: Reading, asked: Document) -> date:
    """Today; where the clock of this process is behind that of the one that began the roll, the later day."""
    return max(date.fromisoformat(asked["as_of"]), reading.today())


def _concerned(day: date) -> sa.Select[Any]:
    """Households of which the day may change the window or a verdict, or that were never judged.

    A window that ends with an earlier month has moved; something is due of which an earlier day was the last on which
    it could wait. What came in as history today waits for tomorrow, also where it is all that came in.
    """
    due = _WINDOWS.c.due_after < day
    moved = _WINDOWS.c.anchor.between(NEVER_JUDGED + 1, month_of(day) - 2)
    never_judged = sa.and_(_WINDOWS.c.anchor == NEVER_JUDGED, _WINDOWS.c.due_after.is_(None))
    return SELECT_STANDING_WINDOWS.where(sa.or_(due, moved, never_judged))
