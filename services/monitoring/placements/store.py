"""Rows of the last loss of work of a household."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.monitoring.evidence.job_loss import JobLoss
from services.monitoring.models import placements
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.unit_of_work import UnitOfWork

_LOSSES = table_of(placements.JobLoss)


def write_job_losses(uow: UnitOfWork, losses: Mapping[str, JobLoss]) -> None:
    """Keep the last loss of work of each of these households."""
    rows = [{"household_code": code, **asdict(loss)} for code, loss in losses.items()]
    execute_rows(uow.connection, _upsert_losses(uow.connection.dialect.name), rows)


def delete_job_loss(uow: UnitOfWork, code: str) -> None:
    """Keep the loss of work of a household no longer."""
    uow.connection.execute(sa.delete(_LOSSES).where(_LOSSES.c.household_code == code))


@cache
def _upsert_losses(dialect: str) -> Any:
    """An insert that takes the place of the household's row that is there."""
    statement = insert_into(_LOSSES, dialect)
    new = {column.name: statement.excluded[column.name] for column in _LOSSES.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=["household_code"], set_=new)
