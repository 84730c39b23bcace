"""What can be asked of fields and of requests for data. Every answer is limited to the caller's region."""

from uuid import UUID

import sqlalchemy as sa

from services.monitoring.data_requests.schemas import DataRequestOut, FieldOut, FieldsOut
from services.monitoring.data_requests.sheets import DATA_REQUEST_LIST, HELD_FIELDS
from services.monitoring.data_requests.store import REQUESTS, find_request, load_being_collected, show_requests
from shared.codes.monitoring import DataRequestStatus
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter


def fields(reading: Reading) -> FieldsOut:
    """Every field that is held, then those that are being collected in the caller's regions."""
    held = [FieldOut(field=field, label_zh=label, held=True) for field, label in HELD_FIELDS.items()]
    collected = load_being_collected(reading)
    return FieldsOut(items=[*held, *(FieldOut(field=field, label_zh=field, held=False) for field in collected)])


class DataRequestList(ListQuery):
    """Which requests for data 报表数据需求 are asked for, the newest first."""

    order = newest_by("requested_at")
    sheet = DATA_REQUEST_LIST
    region_code: RegionFilter | None = None
    status: DataRequestStatus | None = None
    updated_after: UpdatedAfter = None


def data_request(reading: Reading, request_id: UUID) -> DataRequestOut:
    """A request with the steps taken."""
    return show_requests(reading, [find_request(reading, request_id)])[0]


def data_requests(reading: Reading, asked: DataRequestList) -> Page[DataRequestOut]:
    """Requests with the steps taken."""
    return asked.page(
        reading, sa.select(REQUESTS), lambda found: show_requests(reading, [row._asdict() for row in found])
    )
