"""Disbursements 发放 in the database, and what is paid of the measures they answer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assistance.models import Disbursement, Measure
from shared.codes.records import RecordStatus
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork

_DISBURSEMENTS, _MEASURES = table_of(Disbursement), table_of(Measure)


def lock_disbursement(uow: UnitOfWork, disbursement_id: UUID) -> Mapping[Any, Any] | None:
    """A disbursement, locked: it is corrected or withdrawn, and never both."""
    this = sa.select(_DISBURSEMENTS).where(_DISBURSEMENTS.c.id == disbursement_id).with_for_update()
    return uow.connection.execute(this).mappings().one_or_none()


def load_status(uow: UnitOfWork, disbursement: Mapping[Any, Any]) -> RecordStatus:
    """Whether a disbursement still counts. It must be locked."""
    if disbursement["withdrawn_on"] is not None:
        return RecordStatus.WITHDRAWN
    correction = sa.select(_DISBURSEMENTS.c.id).where(_DISBURSEMENTS.c.supersedes_id == disbursement["id"])
    return RecordStatus.STANDS if uow.connection.scalar(correction) is None else RecordStatus.SUPERSEDED


def write_payment(uow: UnitOfWork, measure_id: UUID, amount: int) -> None:
    """Add to what is paid of a measure, in fen."""
    table = _MEASURES
    paid = {"paid": table.c.paid + amount, "updated_at": uow.stamp()}
    uow.connection.execute(sa.update(table).where(table.c.id == measure_id).values(paid))
