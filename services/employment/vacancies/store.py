"""Places taken, and the rows of workers and vacancies as decisions about work see them."""

from typing import Any

import sqlalchemy as sa

from services.employment.models import Placement, Vacancy
from services.employment.vacancies.rules import Candidate, Offer
from services.employment.workers.rules.ages import Birth
from shared.codes.employment import PlacementStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

_PLACEMENTS, _VACANCIES = table_of(Placement), table_of(Vacancy)
COUNT_TAKEN = (
    sa.select(sa.func.count())
    .where((_PLACEMENTS.c.vacancy_code == _VACANCIES.c.code) & (_PLACEMENTS.c.status != PlacementStatus.ENDED))
    .correlate(_VACANCIES)
    .scalar_subquery()
)
"""How many places of a vacancy are taken: counted, so that an ending gives its place back by itself."""


def count_taken(reading: Reading, code: str) -> int:
    """How many placements in a vacancy have not ended. Its row must be locked where more may come."""
    statement = sa.select(COUNT_TAKEN).select_from(_VACANCIES).where(_VACANCIES.c.code == code)
    return reading.connection.scalar(statement) or 0


def load_offers(reading: Reading) -> list[Offer]:
    """Every vacancy, as decisions about work see one."""
    statement = sa.select(_VACANCIES, COUNT_TAKEN.label("taken"))
    return [offer_of(row, row.taken) for row in reading.connection.execute(statement)]


def candidate_of(worker: Any) -> Candidate:
    """What decisions about work see of a worker's row."""
    return Candidate(
        worker_id=worker.id,
        member_no=worker.member_no,
        region_code=worker.region_code,
        birth=Birth(worker.birth_year, worker.born_on),
        labour=worker.labour,
        active=worker.active,
        status=worker.status,
    )


def offer_of(vacancy: Any, taken: int) -> Offer:
    """What decisions about work see of a vacancy's row."""
    return Offer(
        vacancy_code=vacancy.code,
        place_code=vacancy.place_code,
        wage_month=vacancy.wage_month,
        headcount=vacancy.headcount,
        taken=taken,
        min_age=vacancy.min_age,
        max_age=vacancy.max_age,
        needs=vacancy.needs,
        valid_until=vacancy.valid_until,
    )
