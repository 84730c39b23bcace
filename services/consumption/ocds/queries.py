"""Orders as contracting processes, for those who buy or supply them."""

from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.store import deals_in
from services.consumption.models import Order
from services.consumption.ocds.errors import ProcessNotFound
from services.consumption.ocds.rules import compiled, releases_of
from services.consumption.ocds.schemas import ReleasesAsked
from services.consumption.ocds.store import IS_PROCESS, load_processes
from services.consumption.orders.queries import OrderList
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.lists.page import Page
from shared.words.said import says

_ORDERS = table_of(Order)
Document = dict[str, Any]


class Record(NamedTuple):
    """A process with everything that was told of it."""

    releases: list[Document]
    compiled: Document


def releases(reading: Reading, asked: ReleasesAsked, path: str, prefix: str) -> Page[list[Document]]:
    """The releases of each process of a page of orders."""
    listed = OrderList.model_validate(asked.model_dump(mode="json", exclude={"after"}) | {"cursor": asked.after}).at(
        path
    )
    processes = sa.select(_ORDERS).where(IS_PROCESS)
    return listed.page(
        reading, processes, lambda rows: [releases_of(process, prefix) for process in load_processes(reading, rows)]
    )


def record(reading: Reading, ocid: str, prefix: str) -> Record:
    """A process by its id. Raises ProcessNotFound."""
    row = _find(reading, ocid, prefix)
    if row is None or not deals_in(reading, row):
        raise ProcessNotFound(says("no-such-process", ocid=ocid))
    [process] = load_processes(reading, [row])
    return Record(releases_of(process, prefix), compiled(process, prefix))


def _find(reading: Reading, ocid: str, prefix: str) -> sa.Row[Any] | None:
    try:
        order_id = UUID(ocid.removeprefix(f"{prefix}-"))
    except ValueError:
        return None
    return reading.connection.execute(sa.select(_ORDERS).where(_ORDERS.c.id == order_id, IS_PROCESS)).one_or_none()
