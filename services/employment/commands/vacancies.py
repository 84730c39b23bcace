"""Keeping the register of vacancies."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.employment.errors import HeadcountTaken, PlaceUnknown
from services.employment.models import Placement, Vacancy
from services.employment.schemas import VacancyIn, VacancyOut
from shared.contracts.codes import PlacementStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.regions import regions

_PLACEMENTS, _VACANCIES = table_of(Placement), table_of(Vacancy)
TAKEN = (
    sa.select(sa.func.count())
    .where((_PLACEMENTS.c.vacancy_code == _VACANCIES.c.code) & (_PLACEMENTS.c.status != PlacementStatus.ENDED))
    .correlate(_VACANCIES)
    .scalar_subquery()
)
"""How many places of a vacancy are taken: counted, so that an ending gives its place back by itself."""


@dataclass(frozen=True, slots=True)
class PutVacancy:
    """A vacancy after it was put, and whether it is new."""

    vacancy: VacancyOut
    created: bool


def put_vacancy(uow: UnitOfWork, code: str, body: VacancyIn) -> PutVacancy:
    """Register a vacancy, or make it what ``body`` says. The same again changes nothing.

    Raises:
        PlaceUnknown: the place of work lies in no known division.
        HeadcountTaken: more workers are placed than it would have room for.
    """
    if regions().nearest_known(body.place_code) is None:
        raise PlaceUnknown(f"the place {body.place_code} lies in no known division")
    vacancy = uow.session.get(Vacancy, code, with_for_update=True)
    if vacancy is None:
        vacancy = Vacancy(code=code, version=1, **body.model_dump())
        uow.session.add(vacancy)
        _tell(uow, vacancy, before=None)
        return PutVacancy(_shown(vacancy, taken=0), created=True)
    taken = places_taken(uow, code)
    if body.headcount < taken:
        raise HeadcountTaken(f"{taken} workers are placed in this vacancy", taken=taken)
    before = _said(vacancy)
    if before != body.model_dump(mode="json"):
        vacancy.sqlmodel_update(body.model_dump() | {"version": vacancy.version + 1})
        _tell(uow, vacancy, before=before)
    return PutVacancy(_shown(vacancy, taken), created=False)


def places_taken(reading: Reading, code: str) -> int:
    """How many placements in a vacancy have not ended. Its row must be locked where more may come."""
    statement = sa.select(TAKEN).select_from(_VACANCIES).where(_VACANCIES.c.code == code)
    return reading.connection.scalar(statement) or 0


def _said(vacancy: Vacancy) -> dict[str, Any]:
    """A vacancy in the words it was put in."""
    return VacancyIn.model_construct(**vacancy.model_dump(include=set(VacancyIn.model_fields))).model_dump(mode="json")


def _audited(said: dict[str, Any]) -> dict[str, Any]:
    """What the audit keeps of a vacancy: not the employer, who may be a person."""
    return {name: value for name, value in said.items() if name != "employer"}


def _shown(vacancy: Vacancy, taken: int) -> VacancyOut:
    return VacancyOut.model_validate(vacancy.model_dump() | {"taken": taken})


def _tell(uow: UnitOfWork, vacancy: Vacancy, before: dict[str, Any] | None) -> None:
    uow.audit("vacancy.put", vacancy.code, before=before and _audited(before), after=_audited(_said(vacancy)))
    uow.note("vacancy.put", vacancy=vacancy.code, headcount=vacancy.headcount, version=vacancy.version)
