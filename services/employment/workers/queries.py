"""What can be asked about workers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.employment.models import Worker
from services.employment.workers.rules.ages import WORKING_AGE, WorkingAge
from services.employment.workers.schemas import WorkerOut
from services.employment.workers.store import working_age
from shared.codes.employment import WorkerStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.pagination import PageRequest, as_wanted, not_given_out, whole_number

_WORKERS = table_of(Worker)


@dataclass(frozen=True, slots=True)
class WorkerFilter:
    """Which workers are asked for."""

    household_code: str | None
    region_code: str | None
    status: WorkerStatus | None


def workers(reading: Reading, wanted: WorkerFilter, page: PageRequest) -> Sequence[WorkerOut]:
    """Workers by household and member number; one more than the page holds.

    Who is of working age is judged on the business date by the limits of the worker's own region, as in a placement.
    """
    mine = sa.or_(*(_of_age_within(reading, prefix) for prefix in reading.actor.search_prefixes(wanted.region_code)))
    statement = sa.select(_WORKERS).where(_WORKERS.c.active & mine)
    statement = as_wanted(statement, _WORKERS, wanted, "household_code", "status")
    place = sa.tuple_(_WORKERS.c.household_code, _WORKERS.c.member_no)
    if page.after is not None:
        statement = statement.where(place > _household_and_number(page.after))
    ordered = statement.order_by(_WORKERS.c.household_code, _WORKERS.c.member_no).limit(page.limit + 1)
    return [WorkerOut.of(row) for row in reading.connection.execute(ordered)]


def worker_key(shown: WorkerOut) -> tuple[str, ...]:
    """Where a worker stands in the list."""
    return shown.household_code, str(shown.member_no)


def _of_age_within(reading: Reading, prefix: str) -> sa.ColumnElement[bool]:
    """Workers of a region who are of working age, each by the limits of the narrowest region that sets its own."""
    own = [scope for scope in reading.policy.scopes_of(WORKING_AGE) if scope.startswith(prefix) and scope != prefix]
    limits = {scope: working_age(reading, scope) for scope in (*own, prefix)}
    of_age = {scope: _is_of_age(found, reading.today()) for scope, found in limits.items()}
    by_scope = [(_WORKERS.c.region_code.startswith(scope), of_age[scope]) for scope in own]
    judged = sa.case(*by_scope, else_=of_age[prefix]) if own else of_age[prefix]
    return _WORKERS.c.region_code.startswith(prefix) & judged


def _is_of_age(limits: WorkingAge, on: dt.date) -> sa.ColumnElement[bool]:
    """What `WorkingAge.holds` says of the age on a day, said to the database."""
    by_day = _WORKERS.c.born_on.between(*limits.births(on))
    by_year = _WORKERS.c.born_on.is_(None) & _WORKERS.c.birth_year.between(*limits.birth_years(on))
    return by_day | by_year


def _household_and_number(after: tuple[str, ...]) -> sa.ColumnElement[Any]:
    try:
        household_code, member_no = after
    except ValueError as error:
        raise not_given_out() from error
    return sa.tuple_(sa.literal(household_code), sa.literal(whole_number(member_no)))
