"""Keeping the register of vacancies."""

from collections.abc import Sequence
from typing import Any, Final

from services.employment.models import Vacancy
from services.employment.vacancies.errors import HeadcountTaken, PlaceUnknown
from services.employment.vacancies.schemas import VacancyIn, VacancyOut
from services.employment.vacancies.store import count_taken
from shared.db.unit_of_work import UnitOfWork
from shared.regions import region_prefix, regions
from shared.registers.commands import Put, Register, put
from shared.security.actor import Actor, RegionNotAllowed
from shared.versions import ExpectedVersion
from shared.words.said import says

_PROVINCE_DIGITS = 2


def put_vacancy(
    uow: UnitOfWork, code: str, body: VacancyIn, expected: ExpectedVersion | None = None
) -> Put[VacancyOut]:
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
    return put(uow, _REGISTER, code, body, expected)


def _demand_known_place(_uow: UnitOfWork, body: VacancyIn) -> None:
    if regions().nearest_known(body.place_code) is None:
        raise PlaceUnknown(says("place-in-no-division", place=body.place_code))


def _fields(uow: UnitOfWork, body: VacancyIn, vacancy: Vacancy | None) -> dict[str, Any]:
    kept: dict[str, str | None]
    if vacancy is None:
        kept = {"region_code": uow.actor.regions[0], "registered_by": uow.actor.id}
    else:
        _demand_headcount(body, count_taken(uow, vacancy.code))
        kept = {"region_code": vacancy.region_code}
    owner = _owner(uow.actor, body)
    return body.model_dump() | kept | ({} if owner is None else {"region_code": owner})


def _demand_headcount(body: VacancyIn, taken: int) -> None:
    if body.headcount < taken:
        raise HeadcountTaken(says("places-taken", taken=taken), taken=taken)


def _owner(actor: Actor, body: VacancyIn) -> str | None:
    """The region that the body names as the owner 归属地区, which is one of the caller's own."""
    if body.region_code is None:
        return None
    owner = region_prefix(body.region_code)
    actor.demand_region(owner)
    return owner


def _demand_owner(uow: UnitOfWork, vacancy: Vacancy) -> None:
    """Raise RegionNotAllowed unless the caller is of the region or one around it.

    A vacancy of which the owner was never kept is changed from a whole province or the country.
    """
    if vacancy.region_code is not None:
        uow.actor.demand_region(vacancy.region_code)
    elif all(len(region) > _PROVINCE_DIGITS for region in uow.actor.regions):
        raise RegionNotAllowed(says("vacancy-without-region"))


def _audit_view(vacancy: Vacancy, _parts: Sequence[None]) -> dict[str, Any]:
    """What the audit keeps of a vacancy, in the words it was put in: not the employer, who may be a person."""
    said = VacancyIn.model_construct(**vacancy.model_dump(include=set(VacancyIn.model_fields)))
    return said.model_dump(mode="json", exclude={"employer"})


def _log_fields(vacancy: Vacancy, _parts: Sequence[None]) -> dict[str, Any]:
    return {"vacancy": vacancy.code, "headcount": vacancy.headcount, "vacancy_version": vacancy.version}


def _shown(uow: UnitOfWork, vacancy: Vacancy, _parts: Sequence[None]) -> VacancyOut:
    return VacancyOut.of(vacancy.model_dump() | {"taken": count_taken(uow, vacancy.code)})


_REGISTER: Final = Register(
    model=Vacancy,
    guard=_demand_owner,
    fields=_fields,
    audit_view=_audit_view,
    log_fields=_log_fields,
    shown=_shown,
    entered="vacancy.put",
    changed="vacancy.put",
    check=_demand_known_place,
)
