"""Recognitions 重点产品认定 in the database, with their histories and what is found of their products."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import PROCEDURE_STEP, Batch, BatchInspection, Recognition
from services.consumption.producers.store import shares_on
from services.consumption.recognitions.errors import RecognitionNotFound
from services.consumption.recognitions.procedure import TRANSITIONS
from services.consumption.recognitions.rules import MIN_VALUE, Found, goods_value, links, traceable
from services.consumption.recognitions.schemas import RecognitionFindingOut, RecognitionOut
from services.consumption.sales.store import select_settled
from shared.codes.consumption import InspectionResult
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.months import months_later
from shared.policy.parameters import ParameterValue
from shared.procedures.rows import Steps
from shared.procedures.showing import with_steps
from shared.words.said import says

STEPS = Steps(PROCEDURE_STEP, "recognition")
RECOGNITIONS = table_of(Recognition)
_BATCHES, _INSPECTIONS = table_of(Batch), table_of(BatchInspection)
_MONTHS_OF_VALUE = 12


def not_found(reading: Reading, recognition_id: UUID) -> RecognitionNotFound:
    """What is answered about one that is not there for the caller."""
    return RecognitionNotFound(says("no-such-recognition", recognition=recognition_id, region=reading.actor.place))


def show_recognitions(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[RecognitionOut]:
    """Recognitions with their histories, and with what is found of their products today."""
    found = _found(reading, rows)
    shown = with_steps(reading, TRANSITIONS, STEPS, rows)
    return [RecognitionOut.of({**row, "findings": [*map(RecognitionFindingOut.of, found[row["id"]])]}) for row in shown]


def _found(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> Mapping[UUID, Sequence[Found]]:
    """What is found of the product of each recognition."""
    products = {row["product_code"] for row in rows}
    sold, batches = _sold(reading, products), _batches(reading, products)
    shares = shares_on(reading, {row["producer_code"] for row in rows}, reading.today())
    return {
        row["id"]: (
            goods_value(sold.get(row["product_code"], 0), _least_value(reading, row["region_code"])),
            links(len(shares[row["producer_code"]].household_codes)),
            traceable(batches.get(row["product_code"], 0)),
        )
        for row in rows
    }


def _sold(reading: Reading, product_codes: set[str]) -> Mapping[str, int]:
    """What was settled of each of these products in the last twelve months, in fen."""
    today = reading.today()
    settled = select_settled(months_later(today, -_MONTHS_OF_VALUE) + dt.timedelta(days=1), today).subquery()
    sums = sa.select(settled.c.product_code, sa.func.sum(settled.c.value))
    theirs = sums.where(is_one_of(settled.c.product_code, "codes")).group_by(settled.c.product_code)
    return {code: int(value) for code, value in reading.connection.execute(theirs, {"codes": list(product_codes)})}


def _batches(reading: Reading, product_codes: set[str]) -> Mapping[str, int]:
    """How many batches there are of each of these products that failed no inspection last."""
    later = _INSPECTIONS.alias()
    is_last = ~sa.exists().where(
        later.c.batch_code == _INSPECTIONS.c.batch_code, later.c.inspection_no > _INSPECTIONS.c.inspection_no
    )
    failed = sa.exists().where(
        _INSPECTIONS.c.batch_code == _BATCHES.c.code, _INSPECTIONS.c.result == InspectionResult.FAIL, is_last
    )
    counted = sa.select(_BATCHES.c.product_code, sa.func.count().label("batches")).group_by(_BATCHES.c.product_code)
    theirs = counted.where(is_one_of(_BATCHES.c.product_code, "codes"), ~failed)
    found = reading.connection.execute(theirs, {"codes": list(product_codes)})
    return {row.product_code: row.batches for row in found}


def _least_value(reading: Reading, region_code: str) -> ParameterValue:
    return reading.policy.at(region_code, reading.today()).value(MIN_VALUE)


def audit_view(recognition: Recognition) -> dict[str, Any]:
    """What the audit keeps of a recognition: nothing that people wrote."""
    days = {name: getattr(recognition, name) for name in ("publicity_ends_on", "valid_to")}
    return {
        "status": str(recognition.status),
        **{name: day and day.isoformat() for name, day in days.items()},
        "version": recognition.version,
    }
