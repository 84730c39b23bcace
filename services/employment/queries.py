"""What employment can be asked. Answers about households are limited to the caller's region."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.employment.commands.placements import candidate_of, offer_of
from services.employment.commands.vacancies import TAKEN
from services.employment.commands.workers import working_age
from services.employment.errors import PlacementNotFound, VacancyNotFound
from services.employment.models import REQUESTS, Placement, Vacancy, Wage, Worker
from services.employment.rules.matching import WORKING_AGE, Candidate, Suggestion, WorkingAge, suggest
from services.employment.schemas import (
    PlacementOut,
    SuggestionOut,
    SuggestionReason,
    SuggestionsOut,
    UnsuitableOut,
    VacancyOut,
    WageOut,
    WorkerOut,
)
from shared.contracts.codes import PlacementStatus, VacancyKind, WorkerStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.helping.requests import RequestOut
from shared.http.pagination import (
    PageRequest,
    as_wanted,
    by_code,
    newest_first,
    not_given_out,
    oldest_first,
    whole_number,
)
from shared.money import format_yuan
from shared.regions import region_prefix

_WORKERS, _VACANCIES, _PLACEMENTS, _WAGES = table_of(Worker), table_of(Vacancy), table_of(Placement), table_of(Wage)
_PLACED = sa.select(_PLACEMENTS, _WORKERS.c.region_code, _WORKERS.c.member_no).join(
    _WORKERS, _WORKERS.c.id == _PLACEMENTS.c.worker_id
)


@dataclass(frozen=True, slots=True)
class WorkerFilter:
    """Which workers are asked for."""

    household_code: str | None
    region_code: str | None
    status: WorkerStatus | None


@dataclass(frozen=True, slots=True)
class VacancyFilter:
    """Which vacancies are asked for."""

    place_code: str | None
    kind: VacancyKind | None
    open: bool | None
    """招聘中: valid on the business date, with a place left."""
    updated_after: dt.datetime | None


@dataclass(frozen=True, slots=True)
class PlacementFilter:
    """Which placements are asked for."""

    household_code: str | None
    region_code: str | None
    status: PlacementStatus | None
    updated_after: dt.datetime | None


@dataclass(frozen=True, slots=True)
class WageFilter:
    """Which wages are asked for."""

    placement_id: UUID | None
    updated_after: dt.datetime | None


def workers(reading: Reading, wanted: WorkerFilter, page: PageRequest) -> Sequence[WorkerOut]:
    """Workers by household and member number; one more than the page holds.

    Who is of working age is judged on the business date by the limits of the worker's own region, as in a placement.
    """
    mine = sa.or_(*(_of_age_within(reading, prefix) for prefix in reading.actor.search_prefixes(wanted.region_code)))
    statement = sa.select(_WORKERS).where(_WORKERS.c.active & mine)
    statement = as_wanted(statement, _WORKERS, wanted, "household_code", "status")
    place = sa.tuple_(_WORKERS.c.household_code, _WORKERS.c.member_no)
    if page.after is not None:
        statement = statement.where(place > _household_and_number(page.after))
    ordered = statement.order_by(_WORKERS.c.household_code, _WORKERS.c.member_no).limit(page.limit + 1)
    return [WorkerOut.model_validate(row) for row in reading.connection.execute(ordered)]


def worker_key(shown: WorkerOut) -> tuple[str, ...]:
    """Where a worker stands in the list."""
    return shown.household_code, str(shown.member_no)


def vacancy(reading: Reading, code: str) -> VacancyOut:
    """A vacancy with the places taken."""
    statement = sa.select(_VACANCIES, TAKEN.label("taken")).where(_VACANCIES.c.code == code)
    row = reading.connection.execute(statement).one_or_none()
    if row is None:
        raise VacancyNotFound(f"no vacancy {code}")
    return VacancyOut.model_validate(row)


def vacancies(reading: Reading, wanted: VacancyFilter, page: PageRequest) -> Sequence[VacancyOut]:
    """Vacancies, one more than the page holds: by their codes, or what was put after a moment in that order.

    Work is no secret: every caller sees all of it.
    """
    statement = sa.select(_VACANCIES, TAKEN.label("taken"))
    if wanted.place_code is not None:
        statement = statement.where(_VACANCIES.c.place_code.startswith(region_prefix(wanted.place_code)))
    if wanted.kind is not None:
        statement = statement.where(_VACANCIES.c.kind == wanted.kind)
    if wanted.open is not None:
        is_open = (_VACANCIES.c.valid_until >= reading.today()) & (_VACANCIES.c.headcount > TAKEN)
        statement = statement.where(is_open if wanted.open else sa.not_(is_open))
    if wanted.updated_after is None:
        ordered = by_code(statement, _VACANCIES.c.code, page)
    else:
        changed = statement.where(_VACANCIES.c.updated_at > wanted.updated_after)
        ordered = oldest_first(changed, _VACANCIES.c.updated_at, _VACANCIES.c.code, page)
    return [VacancyOut.model_validate(row) for row in reading.connection.execute(ordered)]


def vacancy_key(wanted: VacancyFilter) -> Callable[[VacancyOut], tuple[str, ...]]:
    """Where a vacancy stands in the list that was asked for."""

    def key(shown: VacancyOut) -> tuple[str, ...]:
        code = (shown.vacancy_code,)
        return code if wanted.updated_after is None else (shown.updated_at.isoformat(), *code)

    return key


def suggestions(reading: Reading, request_id: UUID, limit: int) -> SuggestionsOut:
    """What could be offered for a request 岗位推荐: to the member it names, or to the idle workers of the household."""
    request = REQUESTS.find(reading, request_id)
    statement = sa.select(_VACANCIES, TAKEN.label("taken"))
    offers = [offer_of(row, row.taken) for row in reading.connection.execute(statement)]
    limits = working_age(reading, request.region_code)
    fitting, rest = suggest(_candidates(reading, request), offers, limits, reading.today())
    return SuggestionsOut(
        request_id=request_id,
        suggestions=[_suggestion(found) for found in fitting[:limit]],
        fitting=len(fitting),
        rest=[
            UnsuitableOut(
                worker_id=found.candidate.worker_id,
                member_no=found.candidate.member_no,
                vacancy_code=found.offer.vacancy_code,
                why_not=list(found.why_not),
            )
            for found in rest[:limit]
        ],
        not_fitting=len(rest),
    )


def placement(reading: Reading, placement_id: UUID) -> PlacementOut:
    """A placement with its days."""
    row = reading.connection.execute(_PLACED.where(_PLACEMENTS.c.id == placement_id)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise PlacementNotFound(f"no placement {placement_id} in region {reading.actor.place}")
    return PlacementOut.model_validate(row)


def placements(reading: Reading, wanted: PlacementFilter, page: PageRequest) -> Sequence[PlacementOut]:
    """Placements, one more than the page holds: the newest first, or what changed after a moment in that order."""
    statement = _PLACED.where(within(_WORKERS.c.region_code, reading.actor, wanted.region_code))
    statement = as_wanted(statement, _PLACEMENTS, wanted, "household_code", "status")
    if wanted.updated_after is None:
        ordered = newest_first(statement, _PLACEMENTS.c.placed_at, _PLACEMENTS.c.id, page)
    else:
        changed = statement.where(_PLACEMENTS.c.updated_at > wanted.updated_after)
        ordered = oldest_first(changed, _PLACEMENTS.c.updated_at, _PLACEMENTS.c.id, page)
    return [PlacementOut.model_validate(row) for row in reading.connection.execute(ordered)]


def placement_key(wanted: PlacementFilter) -> Callable[[PlacementOut], tuple[str, ...]]:
    """Where a placement stands in the list that was asked for."""

    def key(shown: PlacementOut) -> tuple[str, ...]:
        moment = shown.placed_at if wanted.updated_after is None else shown.updated_at
        return moment.isoformat(), str(shown.placement_id)

    return key


def wages(reading: Reading, wanted: WageFilter, page: PageRequest) -> Sequence[WageOut]:
    """Wages, one more than the page holds: the newest first, or what changed after a moment in that order."""
    statement = (
        sa.select(_WAGES)
        .join(_PLACEMENTS, _PLACEMENTS.c.id == _WAGES.c.placement_id)
        .join(_WORKERS, _WORKERS.c.id == _PLACEMENTS.c.worker_id)
        .where(within(_WORKERS.c.region_code, reading.actor))
    )
    statement = as_wanted(statement, _WAGES, wanted, "placement_id")
    if wanted.updated_after is None:
        ordered = newest_first(statement, _WAGES.c.recorded_at, _WAGES.c.id, page)
    else:
        changed = statement.where(_WAGES.c.updated_at > wanted.updated_after)
        ordered = oldest_first(changed, _WAGES.c.updated_at, _WAGES.c.id, page)
    return [WageOut.model_validate(row) for row in reading.connection.execute(ordered)]


def wage_key(wanted: WageFilter) -> Callable[[WageOut], tuple[str, ...]]:
    """Where a wage stands in the list that was asked for."""

    def key(shown: WageOut) -> tuple[str, ...]:
        moment = shown.recorded_at if wanted.updated_after is None else shown.updated_at
        return moment.isoformat(), str(shown.wage_id)

    return key


def _of_age_within(reading: Reading, prefix: str) -> sa.ColumnElement[bool]:
    """Workers of a region who are of working age, each by the limits of the narrowest region that sets its own."""
    own = [scope for scope in reading.policy.scopes_of(WORKING_AGE) if scope.startswith(prefix) and scope != prefix]
    limits = {scope: working_age(reading, scope) for scope in (*own, prefix)}
    of_age = {scope: _is_of_age(found, reading.today()) for scope, found in limits.items()}
    by_scope = [(_WORKERS.c.region_code.startswith(scope), of_age[scope]) for scope in own]
    judged = sa.case(*by_scope, else_=of_age[prefix]) if own else of_age[prefix]
    return _WORKERS.c.region_code.startswith(prefix) & judged


def _is_of_age(limits: WorkingAge, on: dt.date) -> sa.ColumnElement[bool]:
    """What `WorkingAge.holds` says of the age on a day, said to the database."""
    by_day = _WORKERS.c.born_on.between(*limits.births(on))
    by_year = _WORKERS.c.born_on.is_(None) & _WORKERS.c.birth_year.between(*limits.birth_years(on))
    return by_day | by_year


def _household_and_number(after: tuple[str, ...]) -> sa.ColumnElement[Any]:
    try:
        household_code, member_no = after
    except ValueError as error:
        raise not_given_out() from error
    return sa.tuple_(sa.literal(household_code), sa.literal(whole_number(member_no)))


def _candidates(reading: Reading, request: RequestOut) -> list[Candidate]:
    statement = sa.select(_WORKERS).where((_WORKERS.c.household_code == request.household_code) & _WORKERS.c.active)
    if request.member_no is None:
        statement = statement.where(_WORKERS.c.status == WorkerStatus.IDLE)
    else:
        statement = statement.where(_WORKERS.c.member_no == request.member_no)
    return [candidate_of(row) for row in reading.connection.execute(statement)]


def _suggestion(found: Suggestion) -> SuggestionOut:
    division = found.shared_division
    return SuggestionOut(
        worker_id=found.candidate.worker_id,
        member_no=found.candidate.member_no,
        vacancy_code=found.offer.vacancy_code,
        why=[
            SuggestionReason(code="wage_month", value=format_yuan(found.offer.wage_month)),
            SuggestionReason(code="shared_division", value=division and division.value),
        ],
    )
