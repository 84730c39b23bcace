"""Screening 集中排查: all households of a region judged as of one day, part by part, and what came of it kept."""

import contextlib
from collections import Counter
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.households import Household
from services.monitoring.models.screenings import Screening, ScreeningHousehold, ScreeningKind, ScreeningRegion
from services.monitoring.screenings.commands.judge import Portion, Screen, screen_next
from services.monitoring.screenings.rules import AtRisk, Tally, counted_by_region
from services.monitoring.screenings.store import (
    SELECT_STANDING,
    count_difference,
    find_screening,
    load_previous,
    load_unfinished,
    somebody_else_stands_between,
)
from shared.codes.operations import JobStatus
from shared.db.base import table_of
from shared.db.rows import add_tuples, insert_tuples
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.db.within import lies_in
from shared.errors import Invalid
from shared.house import House
from shared.ids import new_id
from shared.jobs.commands import start_job
from shared.jobs.running import run_job
from shared.jobs.work import Document, Part, Standing, Work
from shared.operations import OPERATOR, print_lines
from shared.regions import region_prefix
from shared.security.divisions import demand_division
from shared.words.said import says

SCREENING_JOB: Final = "screening"
_HOUSEHOLDS, _SCREENINGS = table_of(Household), table_of(Screening)
_COUNTED: Final = ("households", "judged", "raised", "updated", "cleared", "households_at_risk")
_OF_KIND: Final = ("open", "raised", "cleared")
_OF_REGION: Final = ("households", "households_at_risk")


def ask_for_screening(uow: UnitOfWork, region_code: str, as_of: date | None, *, dry_run: bool) -> UUID:
    """Queue the screening of a region for whoever may act there; returns its id, which is also that of its job.

    Raises RegionNotAllowed, and Invalid for a region that is none and for another day than today without a dry run.
    """
    region = demand_division(uow.actor, region_code)
    today = uow.today()
    if as_of not in (None, today) and not dry_run:
        raise Invalid.at("/as_of", says("screening-of-another-day", today=today))
    return start_screening(uow, region, as_of or today, dry_run=dry_run)


def start_screening(uow: UnitOfWork, region_code: str | None, as_of: date, *, dry_run: bool = False) -> UUID:
    """Queue a screening; without a region it is of all the households there are."""
    screening_id, day = new_id(), as_of.isoformat()
    row = {
        "id": screening_id,
        "region_code": region_code,
        "as_of": as_of,
        "dry_run": dry_run,
        "asked_by": uow.actor.id,
        "began_at": uow.now(),
        "ended_at": None,
        "previous_id": None,
        **dict.fromkeys((*_COUNTED, "newly", "no_longer"), 0),
        "updated_at": uow.stamp(),
    }
    uow.connection.execute(sa.insert(_SCREENINGS).values(row))
    asked = {"screening_id": str(screening_id), "region_code": region_code, "as_of": day, "dry_run": dry_run}
    return start_job(uow, SCREENING_JOB, asked, screening_id)


def count_households(reading: Reading, asked: Document) -> int:
    """How many households a screening looks at."""
    counted = sa.select(sa.func.count()).select_from(_standing_in(asked["region_code"]).subquery())
    return reading.connection.scalar(counted) or 0


def screen_part(uow: UnitOfWork, standing: Standing) -> Part:
    """Screen the next households of the region, in the order of their codes; what a dry run does is taken back.

    A household that is no more is not among them. What is counted is committed with the place where the next part
    begins, so that none is counted twice.
    """
    asked = standing.asked
    screen = Screen(date.fromisoformat(asked["as_of"]), tried=asked["dry_run"])
    with uow.taken_back() if screen.tried else contextlib.nullcontext():
        portion = _screen_region(uow, asked["region_code"], standing.position, screen)
    screening_id, at_risk = UUID(asked["screening_id"]), list(screen.tally.at_risk())
    result = _counted(standing.result, portion, screen.tally, at_risk)
    _keep(uow, screening_id, portion, screen.tally, at_risk)
    _change(uow, screening_id, result)
    shown: Document = {"screening_id": asked["screening_id"], **result}
    if portion.ended:
        shown = _end(uow, screening_id, asked["region_code"])
    return Part(portion.position, len(portion.places), shown, portion.ended)


SCREENING: Final = Work(count_households, screen_part)


async def screen_all(house: House) -> int:
    """Judge every household as of the business date; exit code 0. What was begun before is ended first."""
    job_id = await house.database.write(_start_or_go_on, actor=OPERATOR)
    job = await run_job(house.database, {SCREENING_JOB: SCREENING}, job_id, OPERATOR)
    print_lines([{"operation": "screen", **job["result"]}])
    return 0 if job["status"] == JobStatus.DONE else 1


def _start_or_go_on(uow: UnitOfWork) -> UUID:
    return load_unfinished(uow) or start_screening(uow, None, uow.today())


def _standing_in(region_code: str | None) -> sa.Select[Any]:
    if region_code is None:
        return SELECT_STANDING
    return SELECT_STANDING.where(lies_in(_HOUSEHOLDS.c.region_code, region_prefix(region_code)))


def _screen_region(uow: UnitOfWork, region_code: str | None, position: Document | None, screen: Screen) -> Portion:
    if region_code is None:
        return screen_next(uow, SELECT_STANDING, position, screen, gapless=lambda _: True)
    return screen_next(
        uow,
        _standing_in(region_code),
        position,
        screen,
        gapless=lambda places: not somebody_else_stands_between(uow, places, region_code),
    )


def _counted(before: Document, portion: Portion, tally: Tally, at_risk: list[AtRisk]) -> dict[str, int]:
    """What a screening has counted so far."""
    of_part = (
        len(portion.places),
        tally.judged,
        tally.raised.total(),
        tally.updated.total(),
        tally.cleared.total(),
        len(at_risk),
    )
    return {name: before.get(name, 0) + number for name, number in zip(_COUNTED, of_part, strict=True)}


def _keep(uow: UnitOfWork, screening_id: UUID, portion: Portion, tally: Tally, at_risk: list[AtRisk]) -> None:
    """Keep what a part found: by kind, by region, and who is at risk."""
    is_open = Counter(risk.counted_as for risk in tally.open)
    kinds = sorted({*is_open, *tally.raised, *tally.cleared})
    by_kind = [(screening_id, *one, is_open[one], tally.raised[one], tally.cleared[one]) for one in kinds]
    add_tuples(uow.connection, table_of(ScreeningKind), ("screening_id", "kind", "grade"), _OF_KIND, by_kind)
    looked_at = counted_by_region(lies for _, lies in portion.places)
    threatened = counted_by_region(one.region_code for one in at_risk)
    by_region = [(screening_id, one, looked_at[one], threatened[one]) for one in sorted({*looked_at, *threatened})]
    add_tuples(uow.connection, table_of(ScreeningRegion), ("screening_id", "region_code"), _OF_REGION, by_region)
    households = [(screening_id, one.household_code, one.grade, " ".join(one.kinds)) for one in at_risk]
    columns = ("screening_id", "household_code", "grade", "kinds")
    insert_tuples(uow.connection, table_of(ScreeningHousehold), columns, households)


def _end(uow: UnitOfWork, screening_id: UUID, region_code: str | None) -> Document:
    """Compare with the last screening of the region; returns what came of it all."""
    previous_id = load_previous(uow, screening_id, region_code)
    newly, no_longer = count_difference(uow, screening_id, previous_id)
    changes = {"previous_id": previous_id, "newly": newly, "no_longer": no_longer, "ended_at": uow.now()}
    _change(uow, screening_id, changes)
    ended = find_screening(uow, screening_id)
    assert ended is not None, "it was written above"
    return ended.model_dump(mode="json")


def _change(uow: UnitOfWork, screening_id: UUID, changes: Document) -> None:
    this = sa.update(_SCREENINGS).where(_SCREENINGS.c.id == screening_id)
    uow.connection.execute(this.values({**changes, "updated_at": uow.stamp()}))
