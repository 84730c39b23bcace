"""Judging households without a fact, most of them by a statement for all, and counting what became of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.monitoring.ledger.store import (
    ManyHouseholds,
    forget_later_judgements,
    lock_free_households,
    lock_households,
    move_windows,
)
from services.monitoring.models.households import Household
from services.monitoring.risks.commands.judge import count_verdicts, judge_anew
from services.monitoring.risks.rules.triggers import Trigger
from services.monitoring.screenings.rules import Tally
from services.monitoring.screenings.store import (
    SELECT_STANDING,
    Places,
    load_open_risks,
    rules_by_place,
    select_to_judge,
)
from shared.codes.monitoring import ClueType
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.jobs.work import Document

BATCH = 2000
_HOUSEHOLDS = table_of(Household)
_BEGINNING: Document = {"after": "", "left_out": []}


@dataclass(slots=True)
class Screen:
    """What households are judged by, and what became of them."""

    on: date
    tried: bool = False
    """Whether it is taken back: then nobody counts as judged behind the day, so that a day of the past can be tried."""
    by: ClueType = ClueType.SCREENING
    """Under which name the other houses hear of it."""
    tally: Tally = field(default_factory=Tally)


class Portion(NamedTuple):
    """The households of one part of a pass over many."""

    position: Document
    """Behind which household the next part begins, and whom it has to wait for."""
    places: Places
    ended: bool


def screen_households(uow: UnitOfWork, codes: Sequence[str], on: date, by: ClueType = ClueType.SCREENING) -> None:
    """Judge these households as of a date, with the rules and the care of a single fact."""
    if codes:
        judge_anew(uow, codes, on, Trigger(by, uow.context))


def screen_at_once(uow: UnitOfWork, places: Places, screen: Screen, *, gapless: bool = False) -> list[str]:
    """Judge households as of a date, most of them by a statement for all; returns those that somebody else holds.

    Their windows are brought up to the day first. Those about which every rule is quiet are counted; the others are
    judged one by one. Nobody is waited for, because facts may wait meanwhile for the households that are locked here.
    With ``gapless`` the places are all that stand between the first and the last of them.
    """
    left_out: list[str] = []
    on = screen.on
    for place, households in rules_by_place(uow, places, on, gapless=gapless):
        if screen.tried:
            forget_later_judgements(uow, households, on)
        move_windows(uow, households, on, place.length)
        to_judge, quiet = select_to_judge(uow, place, households, on)
        count_verdicts(uow, quiet)
        free = lock_free_households(uow, to_judge)
        _screen_counted(uow, free, screen)
        left_out += set(to_judge).difference(free)
        screen.tally.judged += len(households.codes) - len(to_judge)
    return left_out


def screen_next(
    uow: UnitOfWork,
    standing: sa.Select[Any],
    position: Document | None,
    screen: Screen,
    *,
    gapless: Callable[[Places], bool] = lambda _: False,
) -> Portion:
    """Screen the next of the households that a SELECT tells with their regions, in the order of their codes.

    Those that somebody held are waited for at the beginning of the next part, before anything else is locked.
    ``gapless`` tells whether nobody else stands between households that are to be screened.
    """
    position = position or _BEGINNING
    _screen_left_out(uow, position["left_out"], screen)
    code = standing.selected_columns[0]
    following = standing.where(code > position["after"]).order_by(code).limit(BATCH)
    places = uow.connection.execute(following).all()
    left_out = screen_at_once(uow, places, screen, gapless=bool(places) and gapless(places))
    after = places[-1][0] if places else position["after"]
    return Portion({"after": after, "left_out": sorted(left_out)}, places, len(places) < BATCH and not left_out)


def _screen_left_out(uow: UnitOfWork, codes: Sequence[str], screen: Screen) -> None:
    if not codes:
        return
    lock_households(uow, codes)
    standing = [code for code, _ in uow.connection.execute(SELECT_STANDING.where(_HOUSEHOLDS.c.code.in_(codes)))]
    if screen.tried:
        forget_later_judgements(uow, ManyHouseholds(standing), screen.on)
    _screen_counted(uow, standing, screen)


def _screen_counted(uow: UnitOfWork, codes: Sequence[str], screen: Screen) -> None:
    """Judge households that are locked one by one."""
    before = load_open_risks(uow, codes)
    screen_households(uow, codes, screen.on, screen.by)
    screen.tally.judged += len(codes)
    screen.tally.count(before, load_open_risks(uow, codes))
