"""Routes of persons."""

from typing import Annotated

from fastapi import APIRouter

from services.monitoring.persons.commands import search_person
from services.monitoring.persons.errors import PersonUnknown
from services.monitoring.persons.schemas import PersonFound, PersonSearchIn
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.security.actor import PERSONAL

router = APIRouter(prefix="/persons", tags=["persons 人员"])


@router.post(
    "/search",
    operation_id="searchPersons",
    summary="Where somebody of an identity number is registered",
    responses=responses(PersonUnknown),
)
async def search(body: PersonSearchIn, call: Annotated[Call, calling(PERSONAL)]) -> PersonFound:
    """In your region, households that are no more left out. Each household found is audited with the purpose.

    The number stands in the body, so that no address, log or audit row holds it.
    """
    return await call.command(search_person, body)
