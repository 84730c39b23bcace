"""Disbursements 发放 in the database, and what is paid of the measures they answer."""

from uuid import UUID

import sqlalchemy as sa

from services.assistance.models import Disbursement, Measure
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork

_DISBURSEMENTS, _MEASURES = table_of(Disbursement), table_of(Measure)


def load_correction(uow: UnitOfWork, disbursement_id: UUID) -> UUID | None:
    """The disbursement that corrects this one, where one does."""
    table = _DISBURSEMENTS
    return uow.connection.scalar(sa.select(table.c.id).where(table.c.supersedes_id == disbursement_id))


def write_payment(uow: UnitOfWork, measure_id: UUID, amount: int) -> None:
    """Add to what is paid of a measure, in fen."""
    table = _MEASURES
    uow.connection.execute(sa.update(table).where(table.c.id == measure_id).values(paid=table.c.paid + amount))
