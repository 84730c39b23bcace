"""Judging without a fact: because time went on, or because an operator asks for all."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from services.monitoring.ledger.store import load_dossiers, lock_free_households, move_windows, write_windows
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow
from services.monitoring.risks.commands.judge import count_verdicts, judge_households
from services.monitoring.risks.rules.triggers import Trigger
from services.monitoring.screenings.store import (
    SELECT_STANDING,
    SELECT_STANDING_WINDOWS,
    Places,
    load_roll,
    load_undecided_households,
    rules_by_place,
    select_to_judge,
)
from shared.codes.operations import JobStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import House
from shared.jobs.running import run_to_the_end
from shared.jobs.work import Document, Part, Standing, Work
from shared.months import month_of
from shared.operations import OPERATOR, print_lines

BATCH = 2000
_HOUSEHOLDS, _WINDOWS = table_of(Household), table_of(HouseholdWindow)


def screen_households(uow: UnitOfWork, codes: Sequence[str], on: date) -> None:
    """Judge these households as of a date, with the rules and the care of a single fact."""
    if not codes:
        return
    dossiers = list(load_dossiers(uow, codes, lock=True).values())
    trigger = Trigger("screening", uow.context)
    judge_households(uow, dossiers, on, {code: [trigger] for code in codes})
    write_windows(uow, dossiers)


def screen_at_once(uow: UnitOfWork, places: Places, on: date, *, gapless: bool = False) -> list[str]:
    """Judge households as of a date, most of them by a statement for all; returns those that somebody else holds.

    Their windows are brought up to the day first. Those about which every rule is quiet are counted; the others are
    judged one by one. Nobody is waited for, because facts may wait meanwhile for the households that are locked here.
    With ``gapless`` the places are all that stand between the first and the last of them.
    """
    left_out: list[str] = []
    for place, households in rules_by_place(uow, places, on, gapless=gapless):
        move_windows(uow, households, on, place.length)
        to_judge, quiet = select_to_judge(uow, place, households, on)
        count_verdicts(quiet)
        free = lock_free_households(uow, to_judge)
        screen_households(uow, free, on)
        left_out += set(to_judge).difference(free)
    return left_out


def count_households(reading: Reading, _: Document) -> int:
    """How many households a screening looks at: all that there are."""
    return reading.connection.scalar(sa.select(sa.func.count()).where(_HOUSEHOLDS.c.ended_on.is_(None))) or 0


def screen_part(uow: UnitOfWork, standing: Standing) -> Part:
    """Screen the next households 集中排查, in the order of their codes, as of the day that was asked for.

    A household that is no more is not among them. Those that somebody held are waited for at the beginning of the next
    part, before anything else is locked.
    """
    on, position = date.fromisoformat(standing.asked["as_of"]), _position(standing)
    screen_households(uow, position["left_out"], on)
    following = SELECT_STANDING.where(_HOUSEHOLDS.c.code > position["after"]).order_by(_HOUSEHOLDS.c.code)
    places = uow.connection.execute(following.limit(BATCH)).all()
    left_out = screen_at_once(uow, places, on, gapless=True)
    screened = standing.result.get("households", 0) + len(places)
    result = {"households": screened, "as_of": standing.asked["as_of"]}
    last = places[-1][0] if places else position["after"]
    ended = len(places) < BATCH and not left_out
    return Part({"after": last, "left_out": sorted(left_out)}, len(places), result, ended)


def _position(standing: Standing) -> Document:
    """Where a part begins. A screening that an earlier release began kept the last code alone."""
    position = standing.position
    return position if isinstance(position, dict) else {"after": position or "", "left_out": []}


SCREENING = Work(count_households, screen_part)


def roll_windows(uow: UnitOfWork) -> bool:
    """Judge households whose window moved with the month: income leaves it without any event.

    Does a bounded part and tells whether more is waiting. Each month the households are gone through once, in the order
    of their codes, and once more while somebody held some of them. Windows that were never judged, because nothing but
    history came in, are due anyway: see `screen_due`.
    """
    anchor = month_of(uow.today()) - 1
    roll = load_roll(uow, anchor)
    if roll.ended:
        return False
    behind = SELECT_STANDING_WINDOWS.where(
        _WINDOWS.c.household_code > roll.after, _WINDOWS.c.anchor.between(1, anchor - 1)
    )
    places = uow.connection.execute(behind.order_by(_WINDOWS.c.household_code).limit(BATCH)).all()
    left_out = screen_at_once(uow, places, uow.today())
    roll.left_out = bool(left_out) or roll.left_out
    if len(places) == BATCH:
        roll.after = places[-1][0]
        return True
    roll.ended, roll.after, roll.left_out = not roll.left_out, "", False
    return False


def screen_due(uow: UnitOfWork) -> bool:
    """Judge households with something unjudged from an earlier day: history that came in, a day that was to come.

    Does a bounded part and tells whether more is waiting.
    """
    due = SELECT_STANDING_WINDOWS.where(_WINDOWS.c.due_after < uow.today())
    in_turn = due.order_by(_WINDOWS.c.due_after, _WINDOWS.c.household_code)
    places = uow.connection.execute(in_turn.limit(BATCH)).all()
    screen_at_once(uow, places, uow.today())
    return len(places) == BATCH


async def screen_all(house: House) -> int:
    """Judge every household as of the business date 集中排查; exit code 0. What was begun before is ended first."""
    asked = {"as_of": house.database.resources.clock.today().isoformat()}
    job = await run_to_the_end(house.database, {"screening": SCREENING}, "screening", asked, OPERATOR)
    print_lines([{"operation": "screen", **job["result"]}])
    return 0 if job["status"] == JobStatus.DONE else 1


def record_undecided(uow: UnitOfWork) -> bool:
    """Record once a day, in the log and the audit, which policy value is missing where, and who waits for it."""
    audit, today = uow.system_tables.audit, uow.today()
    for (key, county), households in sorted(load_undecided_households(uow).items()):
        subject = f"{key} {county} {today}"
        if not uow.connection.scalar(sa.select(sa.exists().where(audit.c.subject == subject))):
            uow.audit("policy.undecided", subject, after={"households": households})
            uow.log_after_commit("policy.undecided", key=key, region=county, date=str(today), households=households)
    return False
