"""What can be asked of recognitions. Every answer is limited to the caller's region."""

from uuid import UUID

import sqlalchemy as sa

from services.consumption.products.schemas import ProductCode
from services.consumption.recognitions.schemas import RecognitionOut
from services.consumption.recognitions.sheets import RECOGNITION_LIST
from services.consumption.recognitions.store import RECOGNITIONS, not_found, show_recognitions
from shared.codes.consumption import RecognitionStatus
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter


class RecognitionList(ListQuery):
    """Which recognitions 重点产品认定 are asked for, the newest first."""

    order = newest_by("applied_at")
    sheet = RECOGNITION_LIST
    product_code: ProductCode | None = None
    region_code: RegionFilter | None = None
    status: RecognitionStatus | None = None
    updated_after: UpdatedAfter = None


def recognition(reading: Reading, recognition_id: UUID) -> RecognitionOut:
    """A recognition of the caller's region. Raises RecognitionNotFound."""
    wanted = sa.select(RECOGNITIONS).where(RECOGNITIONS.c.id == recognition_id)
    row = reading.connection.execute(wanted).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise not_found(reading, recognition_id)
    return show_recognitions(reading, [row])[0]


def recognitions(reading: Reading, asked: RecognitionList) -> Page[RecognitionOut]:
    """Recognitions with their histories."""
    rows = sa.select(RECOGNITIONS)
    return asked.page(reading, rows, lambda found: show_recognitions(reading, [row._asdict() for row in found]))
