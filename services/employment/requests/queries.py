"""What could be offered for a request."""

from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Worker
from services.employment.requests.rules import suggest
from services.employment.requests.schemas import SuggestionOut, SuggestionsOut, UnsuitableOut
from services.employment.requests.store import REQUESTS
from services.employment.vacancies.rules import Candidate
from services.employment.vacancies.store import candidate_of, load_offers
from services.employment.workers.store import working_age
from shared.codes.employment import WorkerStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.helping.requests import RequestOut

_WORKERS = table_of(Worker)


def suggestions(reading: Reading, request_id: UUID, limit: int) -> SuggestionsOut:
    """What could be offered for a request 岗位推荐: to the member it names, or to the idle workers of the household."""
    request = REQUESTS.find(reading, request_id)
    limits = working_age(reading, request.region_code)
    fitting, rest = suggest(_candidates(reading, request), load_offers(reading), limits, reading.today())
    return SuggestionsOut(
        request_id=request_id,
        suggestions=[SuggestionOut.of(found) for found in fitting[:limit]],
        fitting=len(fitting),
        rest=[UnsuitableOut.of(found) for found in rest[:limit]],
        not_fitting=len(rest),
    )


def _candidates(reading: Reading, request: RequestOut) -> list[Candidate]:
    statement = sa.select(_WORKERS).where((_WORKERS.c.household_code == request.household_code) & _WORKERS.c.active)
    if request.member_no is None:
        statement = statement.where(_WORKERS.c.status == WorkerStatus.IDLE)
    else:
        statement = statement.where(_WORKERS.c.member_no == request.member_no)
    return [candidate_of(row) for row in reading.connection.execute(statement)]
