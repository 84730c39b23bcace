"""What can be asked about batches by whoever is responsible for their producers."""

from typing import Annotated, Any

import sqlalchemy as sa

from services.consumption.batches.errors import BatchNotFound
from services.consumption.batches.rules.epcis import Goods, document_of
from services.consumption.batches.schemas import BatchOut
from services.consumption.batches.sheets import BATCH_LIST
from services.consumption.batches.store import SELECT_BATCHES, load_legs, show_batches
from services.consumption.models import Batch, Product
from services.consumption.products.schemas import ProductCode
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.filters import is_in_region
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says

_BATCHES, _PRODUCTS = table_of(Batch), table_of(Product)


class BatchList(ListQuery):
    """Which batches 批次 are asked for, by code."""

    order = by("code")
    sheet = BATCH_LIST
    region_code: Annotated[RegionFilter | None, is_in_region("region_code")] = None
    product_code: ProductCode | None = None
    updated_after: UpdatedAfter = None


def batch(reading: Reading, code: str) -> BatchOut:
    """A batch with its inspections and the households it came from."""
    row = reading.connection.execute(SELECT_BATCHES.where(_BATCHES.c.code == code)).one_or_none()
    if row is None or not reading.actor.sees(row.region_code):
        raise BatchNotFound(says("none-of-that-code", thing="batch", code=code, region=reading.actor.place))
    return show_batches(reading, [row])[0]


def batches(reading: Reading, asked: BatchList, base_url: str) -> Page[BatchOut]:
    """Batches of the caller's regions."""
    return asked.page(
        reading, SELECT_BATCHES, lambda rows: [one.led_to(base_url) for one in show_batches(reading, rows)]
    )


def epcis_events(reading: Reading, code: str, base_url: str) -> dict[str, Any]:
    """What happened to a batch, as an EPCIS document. Raises BatchNotFound."""
    found = batch(reading, code).led_to(base_url)
    unit = sa.select(_PRODUCTS.c.unit_code).where(_PRODUCTS.c.code == found.product_code)
    inspections = [(one.on, one.result) for one in found.inspections]
    goods = Goods(found.trace_url, reading.connection.scalar(unit), found.quantity, found.harvested_on, inspections)
    return document_of(goods, load_legs(reading, code), reading.now())
