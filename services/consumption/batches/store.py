"""Rows of batches with their inspections and contributions, and what is taken of a batch when goods leave."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.consumption.batches.rules.epcis import Leg
from services.consumption.batches.schemas import BatchOut, ContributionOut, Inspection
from services.consumption.models import (
    Batch,
    BatchContribution,
    BatchInspection,
    Delivery,
    DeliveryLine,
    Producer,
)
from services.consumption.products.store import COMMODITIES, OF_ITS_COMMODITY, PRODUCTS, SHELF_LIFE
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork

_BATCHES, _INSPECTIONS, _CONTRIBUTIONS = table_of(Batch), table_of(BatchInspection), table_of(BatchContribution)
_LINES, _DELIVERIES = table_of(DeliveryLine), table_of(Delivery)
_PRODUCERS = table_of(Producer)
_SELECT_LEGS = (
    sa.select(
        _LINES.c.order_id, _LINES.c.quantity, _DELIVERIES.c.shipped_on, _LINES.c.received, _DELIVERIES.c.received_on
    )
    .join_from(_LINES, _DELIVERIES)
    .where(_LINES.c.batch_code == sa.bindparam("batch_code"))
    .order_by(_LINES.c.order_id, _DELIVERIES.c.place, _LINES.c.line_no)
)
SELECT_BATCHES = sa.select(_BATCHES, _PRODUCERS.c.region_code).join_from(_BATCHES, PRODUCTS).join(_PRODUCERS)
"""Batches with the region of their producer: whoever sees that sees them."""


class Parts(NamedTuple):
    """What a batch has beside its row."""

    inspections: tuple[Inspection, ...]
    contributions: tuple[ContributionOut, ...]


def load_parts(reading: Reading, codes: Collection[str]) -> Mapping[str, Parts]:
    """The inspections in their order, and the contributions by household, of each of these batches."""
    inspections: dict[str, list[Inspection]] = defaultdict(list)
    of_these = sa.select(_INSPECTIONS).where(is_one_of(_INSPECTIONS.c.batch_code, "codes"))
    ordered = of_these.order_by(_INSPECTIONS.c.batch_code, _INSPECTIONS.c.inspection_no)
    for row in reading.connection.execute(ordered, {"codes": list(codes)}):
        inspections[row.batch_code].append(Inspection(kind=row.kind, on=row.on, result=row.result))
    contributions: dict[str, list[ContributionOut]] = defaultdict(list)
    brought = sa.select(_CONTRIBUTIONS).where(is_one_of(_CONTRIBUTIONS.c.batch_code, "codes"))
    by_household = brought.order_by(_CONTRIBUTIONS.c.batch_code, _CONTRIBUTIONS.c.household_code)
    for row in reading.connection.execute(by_household, {"codes": list(codes)}):
        one = ContributionOut(household_code=row.household_code, quantity=row.quantity)
        contributions[row.batch_code].append(one)
    return {code: Parts(tuple(inspections[code]), tuple(contributions[code])) for code in codes}


def write_parts(uow: UnitOfWork, code: str, parts: Parts) -> None:
    """Write these in the place of what was registered."""
    for table in (_INSPECTIONS, _CONTRIBUTIONS):
        uow.connection.execute(sa.delete(table).where(table.c.batch_code == code))
    rows = [
        {"batch_code": code, "inspection_no": no, **one.model_dump()} for no, one in enumerate(parts.inspections, 1)
    ]
    insert_rows(uow.connection, _INSPECTIONS, rows)
    insert_rows(
        uow.connection, _CONTRIBUTIONS, [{"batch_code": code, **one.model_dump()} for one in parts.contributions]
    )


def show_batches(reading: Reading, rows: Sequence[Any]) -> list[BatchOut]:
    """Batches from their rows, with what belongs to each."""
    parts = load_parts(reading, [row.code for row in rows])
    return [BatchOut.of(row, *parts[row.code]) for row in rows]


def lock_batches(uow: UnitOfWork, codes: Collection[str]) -> Mapping[str, Any]:
    """These batches with the shelf life of their products, locked in the order of their codes."""
    found = sa.select(_BATCHES, SHELF_LIFE.label("shelf_life_days")).join_from(_BATCHES, PRODUCTS)
    of_commodity = found.outerjoin(COMMODITIES, OF_ITS_COMMODITY)
    wanted = of_commodity.where(is_one_of(_BATCHES.c.code, "codes")).order_by(_BATCHES.c.code)
    locked = wanted.with_for_update(of=_BATCHES)
    return {row.code: row for row in uow.connection.execute(locked, {"codes": sorted(codes)})}


def write_shipped(uow: UnitOfWork, code: str, shipped: int) -> None:
    """Say how much of a locked batch has left by now."""
    uow.connection.execute(sa.update(_BATCHES).where(_BATCHES.c.code == code).values(shipped=shipped))


def load_legs(reading: Reading, code: str) -> list[Leg]:
    """What left a batch, delivery by delivery."""
    return [Leg(*row) for row in reading.connection.execute(_SELECT_LEGS, {"batch_code": code})]
