"""What can be asked about workers."""

import datetime as dt

import sqlalchemy as sa

from services.employment.models import Worker
from services.employment.workers.rules.ages import WORKING_AGE, WorkingAge
from services.employment.workers.schemas import WorkerOut
from services.employment.workers.sheets import WORKER_LIST
from services.employment.workers.store import working_age
from shared.codes.employment import WorkerStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.lists.filters import Columns
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter

_WORKERS = table_of(Worker)


class WorkerList(ListQuery):
    """Which workers 劳动力 are asked for, by household and member number."""

    order = by("household_code", "member_no", "id")
    sheet = WORKER_LIST
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    status: WorkerStatus | None = None
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Who is of working age is judged on the business date by the limits of the own region, as in a placement."""
        prefixes = reading.actor.search_prefixes(self.region_code)
        return super().visible(reading, columns) & sa.or_(*(_of_age_within(reading, prefix) for prefix in prefixes))


def workers(reading: Reading, asked: WorkerList) -> Page[WorkerOut]:
    """Workers of working age."""
    return asked.page(reading, sa.select(_WORKERS).where(_WORKERS.c.active), lambda rows: [*map(WorkerOut.of, rows)])


def _of_age_within(reading: Reading, prefix: str) -> sa.ColumnElement[bool]:
    """Workers of a region who are of working age, each by the limits of the narrowest region that sets its own."""
    own = [scope for scope in reading.policy.scopes_of(WORKING_AGE) if scope.startswith(prefix) and scope != prefix]
    limits = {scope: working_age(reading, scope) for scope in (*own, prefix)}
    of_age = {scope: _is_of_age(found, reading.today()) for scope, found in limits.items()}
    by_scope = [(lies_in(_WORKERS.c.region_code, scope), of_age[scope]) for scope in own]
    judged = sa.case(*by_scope, else_=of_age[prefix]) if own else of_age[prefix]
    return lies_in(_WORKERS.c.region_code, prefix) & judged


def _is_of_age(limits: WorkingAge, on: dt.date) -> sa.ColumnElement[bool]:
    """What `WorkingAge.holds` says of the age on a day, said to the database."""
    by_day = _WORKERS.c.born_on.between(*limits.births(on))
    by_year = _WORKERS.c.born_on.is_(None) & _WORKERS.c.birth_year.between(*limits.birth_years(on))
    return by_day | by_year
