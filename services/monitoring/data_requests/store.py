"""Rows of requests for data."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.data_requests.errors import DataRequestNotFound
from services.monitoring.data_requests.procedure import OPEN, TRANSITIONS
from services.monitoring.data_requests.schemas import DataRequestOut
from services.monitoring.models import PROCEDURE_STEP
from services.monitoring.models.data_requests import DataRequest, DataRequestField
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.db.within import lies_in
from shared.procedures.rows import Steps
from shared.procedures.showing import with_steps
from shared.regions import scope_chain
from shared.words.said import says

STEPS: Final = Steps(PROCEDURE_STEP, "data-request")
REQUESTS: Final = table_of(DataRequest)
_FIELDS = table_of(DataRequestField)
_SELECT_FIELDS = sa.select(_FIELDS.c.request_id, _FIELDS.c.field).where(is_one_of(_FIELDS.c.request_id, "ids"))
_SELECT_COLLECTED = (
    sa.select(_FIELDS.c.field)
    .join(REQUESTS, REQUESTS.c.id == _FIELDS.c.request_id)
    .where(REQUESTS.c.collect, REQUESTS.c.status.in_(OPEN))
    .order_by(_FIELDS.c.field)
    .distinct()
)


def find_request(reading: Reading, request_id: UUID) -> Mapping[Any, Any]:
    """The row of a request of the caller's region. Raises DataRequestNotFound."""
    row = reading.connection.execute(sa.select(REQUESTS).where(REQUESTS.c.id == request_id)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise DataRequestNotFound(says("no-such-data-request", request=request_id, region=reading.actor.place))
    return row


def lock_request(uow: UnitOfWork, request_id: UUID) -> DataRequest:
    """A request of the caller's region, locked. Raises DataRequestNotFound."""
    row = uow.session.get(DataRequest, request_id, with_for_update=True)
    if row is None or not uow.actor.sees(row.region_code):
        raise DataRequestNotFound(says("no-such-data-request", request=request_id, region=uow.actor.place))
    return row


def write_fields(uow: UnitOfWork, request_id: UUID, fields: Sequence[str]) -> None:
    """Keep which fields a request asks for, in their order."""
    rows = [{"request_id": request_id, "place": place, "field": field} for place, field in enumerate(fields)]
    insert_rows(uow.connection, _FIELDS, rows)


def show_requests(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[DataRequestOut]:
    """Requests with their fields and histories; a statement each finds those of all."""
    fields = _load_fields(reading, [row["id"] for row in rows])
    shown = with_steps(reading, TRANSITIONS, STEPS, rows)
    return [DataRequestOut.of({**row, "fields": fields[row["id"]]}) for row in shown]


def _load_fields(reading: Reading, ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    asked = _SELECT_FIELDS.order_by(_FIELDS.c.request_id, _FIELDS.c.place)
    for row in reading.connection.execute(asked, {"ids": list(ids)}):
        found[row.request_id].append(row.field)
    return found


def load_collected(reading: Reading, fields: Collection[str], region: str) -> Sequence[str]:
    """Those of these fields that an open request collects in a region, in a part of it, or around it."""
    around = REQUESTS.c.region_code.in_(scope_chain(region)) | lies_in(REQUESTS.c.region_code, region)
    return reading.connection.scalars(_SELECT_COLLECTED.where(_FIELDS.c.field.in_(fields), around)).all()


def load_being_collected(reading: Reading) -> list[str]:
    """The fields that open requests collect in the caller's regions."""
    found = reading.connection.execute(_SELECT_COLLECTED.add_columns(REQUESTS.c.region_code))
    return list(dict.fromkeys(row.field for row in found if reading.actor.sees(row.region_code)))
