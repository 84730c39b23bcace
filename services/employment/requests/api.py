"""Routes of requests for work: those every helping house has, and what could be offered."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.employment.requests import queries
from services.employment.requests.schemas import SuggestionsOut
from services.employment.requests.store import REQUESTS
from shared.helping.api import requests_router
from shared.helping.requests import RequestNotFound
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.lists.page import DEFAULT_LIMIT, MAX_LIMIT
from shared.policy.parameters import PolicyValueMissing

router = requests_router(REQUESTS, read="employment:read", write="employment:write")
READ = "employment:read"


@router.get(
    "/{request_id}/suggestions",
    operation_id="suggestVacancies",
    summary="Vacancies that fit a request, the best first, and why the others do not",
    responses=responses(RequestNotFound, PolicyValueMissing),
)
async def get_suggestions(
    request_id: UUID,
    call: Annotated[Call, calling(READ)],
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many of each to show")] = DEFAULT_LIMIT,
) -> SuggestionsOut:
    """Proposes; changes nothing. What is suggested can be placed."""
    return await call.query(queries.suggestions, request_id, limit)
