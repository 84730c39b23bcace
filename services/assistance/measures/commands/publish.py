"""Events of measures: one was requested, is overdue, was cancelled, or was completed by this house."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from shared.contracts.assistance import MeasureCancelled, MeasureCompleted, MeasureOverdue, MeasureRequested
from shared.db.unit_of_work import UnitOfWork


def publish_requested(uow: UnitOfWork, row: Mapping[str, Any], region_code: str, requested_on: dt.date) -> None:
    """A house is asked for help, or hears of an earlier day for its answer."""
    asked = MeasureRequested(
        **_fields_of(row, region_code),
        member_no=row["member_no"],
        requested_on=requested_on,
        answer_by=row["answer_by"],
    )
    uow.emit(asked, region=region_code, context=uow.context.in_chain(row["correlation_id"]))


def publish_overdue(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Nobody answered in time."""
    overdue = MeasureOverdue(**_fields_of(row, row["region_code"]), answer_by=row["answer_by"])
    uow.emit(overdue, region=row["region_code"], context=uow.context.in_chain(row["correlation_id"]))


def publish_cancelled(uow: UnitOfWork, row: Mapping[str, Any], region_code: str) -> None:
    """The house that was asked is asked no more."""
    cancelled = MeasureCancelled(**_fields_of(row, region_code), cancelled_on=uow.today())
    uow.emit(cancelled, region=region_code, context=uow.context.in_chain(row["correlation_id"]))


def publish_completed(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """What this house gives reached the household."""
    completed = MeasureCompleted(**_fields_of(row, row["region_code"]), completed_on=uow.today())
    uow.emit(completed, region=row["region_code"], context=uow.context.in_chain(row["correlation_id"]))


def _fields_of(row: Mapping[str, Any], region_code: str) -> dict[str, Any]:
    """What every event of a measure says."""
    names = ("task_id", "household_code", "kind")
    return {"measure_id": row["id"], "region_code": region_code, **{name: row[name] for name in names}}
