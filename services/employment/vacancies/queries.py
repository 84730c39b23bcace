"""What can be asked about vacancies."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from services.employment.models import Vacancy
from services.employment.vacancies.errors import VacancyNotFound
from services.employment.vacancies.schemas import VacancyOut
from services.employment.vacancies.sheets import VACANCY_LIST
from services.employment.vacancies.store import COUNT_TAKEN
from shared.codes.employment import VacancyKind
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.filters import holds, is_in_region
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says

_VACANCIES = table_of(Vacancy)


def _is_open(reading: Reading) -> sa.ColumnElement[bool]:
    """招聘中: valid on the business date, with a place left."""
    return (_VACANCIES.c.valid_until >= reading.today()) & (_VACANCIES.c.headcount > COUNT_TAKEN)


class VacancyList(ListQuery):
    """Which vacancies 岗位 are asked for, by code. Work is no secret: every caller sees all of it."""

    order = by("code")
    sheet = VACANCY_LIST
    region = None
    place_code: Annotated[RegionFilter | None, is_in_region("place_code")] = None
    kind: VacancyKind | None = None
    is_open: Annotated[bool | None, holds(_is_open)] = Field(
        None, alias="open", description="Valid on the business date, with a place left"
    )
    updated_after: UpdatedAfter = None


def vacancy(reading: Reading, code: str) -> VacancyOut:
    """A vacancy with the places taken."""
    statement = sa.select(_VACANCIES, COUNT_TAKEN.label("taken")).where(_VACANCIES.c.code == code)
    row = reading.connection.execute(statement).one_or_none()
    if row is None:
        raise VacancyNotFound(says("no-such-vacancy", vacancy=code))
    return VacancyOut.of(row)


def vacancies(reading: Reading, asked: VacancyList) -> Page[VacancyOut]:
    """Vacancies, each with the places taken."""
    rows = sa.select(_VACANCIES, COUNT_TAKEN.label("taken"))
    return asked.page(reading, rows, lambda found: [*map(VacancyOut.of, found)])
