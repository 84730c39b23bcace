"""The days on which orders changed."""

from functools import cache
from typing import Any

from services.consumption.models import OrderDay
from shared.db.base import table_of
from shared.db.rows import OnConflict, insert_into
from shared.db.unit_of_work import UnitOfWork


def mark_day(uow: UnitOfWork, order: Any) -> None:
    """Keep that an order changed today, and where it stands; the last change of a day counts."""
    row = {
        "changed_on": uow.today(),
        "order_id": order.id,
        "buyer_code": order.buyer_code,
        "region_code": order.region_code,
        "status": order.status,
    }
    uow.connection.execute(_marking(uow.connection.dialect.name), row)


@cache
def _marking(dialect: str) -> OnConflict:
    statement = insert_into(table_of(OrderDay), dialect)
    changed = {"status": statement.excluded["status"]}
    return statement.on_conflict_do_update(index_elements=["changed_on", "order_id"], set_=changed)
