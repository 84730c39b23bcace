"""Where goods of a batch went, and what households got of them."""

from typing import Any

import sqlalchemy as sa

from services.consumption.models import Delivery, DeliveryCredit, DeliveryLine
from services.consumption.trace.schemas import StepOut
from shared.codes.consumption import TraceStep
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

_DELIVERIES, _LINES, _CREDITS = table_of(Delivery), table_of(DeliveryLine), table_of(DeliveryCredit)
_OF_BATCH = _LINES.c.batch_code == sa.bindparam("batch_code")
_SELECT_DAYS = (
    sa.select(_DELIVERIES.c.shipped_on, _DELIVERIES.c.received_on).join_from(_LINES, _DELIVERIES).where(_OF_BATCH)
)
_SELECT_PAID = (
    sa.select(sa.func.coalesce(sa.func.sum(_CREDITS.c.amount), 0)).join_from(_CREDITS, _LINES).where(_OF_BATCH)
)


def load_steps(reading: Reading, batch: Any) -> list[StepOut]:
    """The steps of a batch in their order; many deliveries of one day are one step."""
    days = reading.connection.execute(_SELECT_DAYS, {"batch_code": batch.code}).all()
    shipped = {(day.shipped_on, TraceStep.SHIPPED) for day in days}
    received = {(day.received_on, TraceStep.RECEIVED) for day in days if day.received_on is not None}
    told = {(batch.harvested_on, TraceStep.HARVESTED), *shipped, *received}
    order = list(TraceStep)
    ordered = sorted(told, key=lambda one: (one[0], order.index(one[1])))
    return [StepOut(step=step, on=on) for on, step in ordered]


def paid_to_households(reading: Reading, batch_code: str) -> int:
    """What households got of the goods of a batch by now, in fen."""
    return int(reading.connection.scalar(_SELECT_PAID, {"batch_code": batch_code}) or 0)
