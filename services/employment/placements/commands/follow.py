"""Following the households' own events: who is gone is placed no longer."""

import datetime as dt
from collections.abc import Sequence

from services.employment.placements.commands.end import carry_over, end_work_of_those_who_left
from services.employment.requests.store import REQUESTS
from services.employment.workers.commands import HouseholdNews, keep_workers, stamp_workers
from shared.contracts.envelope import Event
from shared.contracts.monitoring import HouseholdEnded
from shared.db.unit_of_work import UnitOfWork


def follow_households(uow: UnitOfWork, events: Sequence[Event[HouseholdNews]]) -> None:
    """Bring workers, requests and placements to the newest state of these households. Safe to repeat, in any order.

    The work of somebody who passed to another household 分户、并户 goes on there.
    A worker is gone whose household names the person no more, gave the number to somebody else, or ended itself. The
    placement of that worker ends, and what was asked for this member is refused.
    """
    changes = keep_workers(uow, events)
    left = {
        worker.id: (_last_day(uow, change.event.data), change.event.caused())
        for change in changes
        for worker in change.left
    }
    freed = {(change.event.data.household_code, number) for change in changes for number in change.freed}
    waiting = REQUESTS.hold_waiting(uow, {change.event.data.household_code for change in changes})
    carry_over(uow, changes)
    end_work_of_those_who_left(uow, left)
    REQUESTS.refuse_for_members(uow, waiting, freed)
    stamp_workers(uow, changes)


def end_households(uow: UnitOfWork, events: Sequence[Event[HouseholdEnded]]) -> None:
    """Retire the workers of households that are no more, and refuse what was asked for them. Safe to repeat."""
    follow_households(uow, events)
    REQUESTS.end_households(uow, events)


def _last_day(uow: UnitOfWork, news: HouseholdNews) -> dt.date:
    return min(news.ended_on, uow.today()) if isinstance(news, HouseholdEnded) else uow.today()
