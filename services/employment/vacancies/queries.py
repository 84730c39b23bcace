"""What can be asked about vacancies."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from services.employment.models import Vacancy
from services.employment.vacancies.errors import VacancyNotFound
from services.employment.vacancies.schemas import VacancyOut
from services.employment.vacancies.store import COUNT_TAKEN
from shared.codes.employment import VacancyKind
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.pagination import PageRequest, by_code_or_change, code_or_change
from shared.regions import region_prefix

_VACANCIES = table_of(Vacancy)


@dataclass(frozen=True, slots=True)
class VacancyFilter:
    """Which vacancies are asked for."""

    place_code: str | None
    kind: VacancyKind | None
    open: bool | None
    """招聘中: valid on the business date, with a place left."""
    updated_after: dt.datetime | None


def vacancy(reading: Reading, code: str) -> VacancyOut:
    """A vacancy with the places taken."""
    statement = sa.select(_VACANCIES, COUNT_TAKEN.label("taken")).where(_VACANCIES.c.code == code)
    row = reading.connection.execute(statement).one_or_none()
    if row is None:
        raise VacancyNotFound(f"no vacancy {code}")
    return VacancyOut.of(row)


def vacancies(reading: Reading, wanted: VacancyFilter, page: PageRequest) -> Sequence[VacancyOut]:
    """Vacancies, one more than the page holds: by their codes, or what was put after a moment in that order.

    Work is no secret: every caller sees all of it.
    """
    statement = sa.select(_VACANCIES, COUNT_TAKEN.label("taken"))
    if wanted.place_code is not None:
        statement = statement.where(_VACANCIES.c.place_code.startswith(region_prefix(wanted.place_code)))
    if wanted.kind is not None:
        statement = statement.where(_VACANCIES.c.kind == wanted.kind)
    if wanted.open is not None:
        is_open = (_VACANCIES.c.valid_until >= reading.today()) & (_VACANCIES.c.headcount > COUNT_TAKEN)
        statement = statement.where(is_open if wanted.open else sa.not_(is_open))
    moment = _VACANCIES.c.updated_at
    ordered = by_code_or_change(statement, _VACANCIES.c.code, moment, wanted.updated_after, page)
    return [VacancyOut.of(row) for row in reading.connection.execute(ordered)]


def vacancy_key(wanted: VacancyFilter) -> Callable[[VacancyOut], tuple[str, ...]]:
    """Where a vacancy stands in the list that was asked for."""
    return code_or_change(lambda shown: shown.vacancy_code, wanted.updated_after)
