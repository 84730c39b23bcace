"""Keeping the register of vacancies."""

from dataclasses import dataclass
from typing import Any

from services.employment.models import Placement, Vacancy
from services.employment.vacancies.errors import HeadcountTaken, PlaceUnknown
from services.employment.vacancies.schemas import VacancyIn, VacancyOut
from services.employment.vacancies.store import count_taken
from shared.db.base import table_of
from shared.db.spelling import refuse_other_spelling
from shared.db.unit_of_work import UnitOfWork
from shared.regions import region_prefix, regions
from shared.security.actor import Actor, RegionNotAllowed
from shared.versions import ExpectedVersion, demand_version

_PLACEMENTS, _VACANCIES = table_of(Placement), table_of(Vacancy)
_PROVINCE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class PutVacancy:
    """A vacancy after it was put, and whether it is new."""

    vacancy: VacancyOut
    created: bool


def put_vacancy(uow: UnitOfWork, code: str, body: VacancyIn, expected: ExpectedVersion | None = None) -> PutVacancy:
    """Register a vacancy, or make it what ``body`` says. The same again changes nothing.

    It belongs to the region that the body names, or else to the first region of the client that registers it; only a
    client of that region or of one around it changes it.

    Raises:
        PlaceUnknown: the place of work lies in no known division.
        CodeInOtherSpelling: the code is registered in other upper and lower case.
        RegionNotAllowed: the vacancy belongs, or would belong, to a region outside the caller's own.
        VersionChanged: another version is registered than the one the caller changed.
        HeadcountTaken: more workers are placed than it would have room for.
    """
    if regions().nearest_known(body.place_code) is None:
        raise PlaceUnknown(f"the place {body.place_code} lies in no known division")
    vacancy = uow.session.get(Vacancy, code, with_for_update=True)
    if vacancy is None:
        return _register(uow, code, body, expected)
    _demand_owner(uow.actor, vacancy.region_code)
    demand_version(expected, vacancy.version)
    taken = count_taken(uow, code)
    if body.headcount < taken:
        raise HeadcountTaken(f"{taken} workers are placed in this vacancy", taken=taken)
    before, said = _said(vacancy), body.model_dump() | {"region_code": _owner(uow.actor, body) or vacancy.region_code}
    if before != VacancyIn.model_construct(**said).model_dump(mode="json"):
        vacancy.sqlmodel_update(said | {"version": vacancy.version + 1, "updated_at": uow.stamp()})
        _record(uow, vacancy, before=before)
    return PutVacancy(_shown(vacancy, taken), created=False)


def _register(uow: UnitOfWork, code: str, body: VacancyIn, expected: ExpectedVersion | None) -> PutVacancy:
    demand_version(expected, None)
    refuse_other_spelling(uow, _VACANCIES.c.code, code)
    owner = _owner(uow.actor, body)
    said = body.model_dump() | {"region_code": uow.actor.regions[0] if owner is None else owner}
    vacancy = Vacancy(code=code, version=1, registered_by=uow.actor.id, updated_at=uow.stamp(), **said)
    uow.session.add(vacancy)
    _record(uow, vacancy, before=None)
    return PutVacancy(_shown(vacancy, taken=0), created=True)


def _owner(actor: Actor, body: VacancyIn) -> str | None:
    """The region that the body names as the owner 归属地区, which is one of the caller's own."""
    if body.region_code is None:
        return None
    owner = region_prefix(body.region_code)
    actor.demand_region(owner)
    return owner


def _demand_owner(actor: Actor, region_code: str | None) -> None:
    """Raise RegionNotAllowed unless the caller is of the region or one around it.

    A vacancy of which the owner was never kept is changed from a whole province or the country.
    """
    if region_code is not None:
        actor.demand_region(region_code)
    elif all(len(region) > _PROVINCE_DIGITS for region in actor.regions):
        raise RegionNotAllowed("the region of the vacancy is not known: a client of a whole province changes it")


def _said(vacancy: Vacancy) -> dict[str, Any]:
    """A vacancy in the words it was put in."""
    return VacancyIn.model_construct(**vacancy.model_dump(include=set(VacancyIn.model_fields))).model_dump(mode="json")


def _audited(said: dict[str, Any]) -> dict[str, Any]:
    """What the audit keeps of a vacancy: not the employer, who may be a person."""
    return {name: value for name, value in said.items() if name != "employer"}


def _shown(vacancy: Vacancy, taken: int) -> VacancyOut:
    return VacancyOut.of(vacancy.model_dump() | {"taken": taken})


def _record(uow: UnitOfWork, vacancy: Vacancy, before: dict[str, Any] | None) -> None:
    uow.audit("vacancy.put", vacancy.code, before=before and _audited(before), after=_audited(_said(vacancy)))
    uow.note("vacancy.put", vacancy=vacancy.code, headcount=vacancy.headcount, vacancy_version=vacancy.version)
