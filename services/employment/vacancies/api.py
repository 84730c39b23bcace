"""Routes of vacancies."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.employment.vacancies import queries
from services.employment.vacancies.commands import put_vacancy
from services.employment.vacancies.errors import HeadcountTaken, PlaceUnknown, VacancyNotFound
from services.employment.vacancies.schemas import VacancyCode, VacancyIn, VacancyOut
from shared.codes.employment import VacancyKind
from shared.db.spelling import CodeInOtherSpelling
from shared.http.dependencies import Call, calling
from shared.http.fields import Moment
from shared.http.pagination import Page, PageRequest, page_of, page_request
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.regions import RegionFilter
from shared.registers.api import answered, put_responses
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(prefix="/vacancies", tags=["vacancies 岗位"])
READ, WRITE = "employment:read", "employment:write"
Code = Annotated[VacancyCode, Path()]


def _wanted(
    place_code: RegionFilter | None = None,
    kind: VacancyKind | None = None,
    is_open: Annotated[
        bool | None, Query(alias="open", description="Valid on the business date, with a place left")
    ] = None,
    updated_after: Annotated[Moment | None, Query(description="Put later than this; `+` is sent as `%2B`")] = None,
) -> queries.VacancyFilter:
    return queries.VacancyFilter(place_code, kind, is_open, updated_after)


@router.get("", operation_id="listVacancies", summary="Vacancies, wherever they are")
async def list_vacancies(
    call: Annotated[Call, calling(READ)],
    wanted: Annotated[queries.VacancyFilter, Depends(_wanted)],
    page: Annotated[PageRequest, Depends(page_request)],
) -> Page[VacancyOut]:
    """Filter by place of work, kind, or by being open. With `updated_after` in the order of the changes."""
    return page_of(await call.query(queries.vacancies, wanted, page), page, queries.vacancy_key(wanted))


@router.get("/{vacancy_code}", operation_id="getVacancy", summary="A vacancy", responses=responses(VacancyNotFound))
async def get_vacancy(vacancy_code: Code, call: Annotated[Call, calling(READ)], response: Response) -> VacancyOut:
    """What is offered, and how many places are taken."""
    found = await call.query(queries.vacancy, vacancy_code)
    tag(response, found.version)
    return found


@router.put(
    "/{vacancy_code}",
    operation_id="registerVacancy",
    summary="Register a vacancy, or make it what the body says",
    responses=put_responses(
        VacancyOut, PlaceUnknown, RegionNotAllowed, CodeInOtherSpelling, HeadcountTaken, VersionChanged
    ),
)
async def put(
    vacancy_code: Code, body: VacancyIn, call: Annotated[Call, calling(WRITE)], expected: IfMatch, response: Response
) -> VacancyOut:
    """The whole vacancy every time; the same again changes nothing. Only its own region or one around it changes it."""
    return answered(response, await call.command(put_vacancy, vacancy_code, body, expected))
