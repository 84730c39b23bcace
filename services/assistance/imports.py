"""The kinds of files that assistance takes."""

from functools import partial
from typing import Final

from services.assistance.disbursements.commands.record import record_disbursement
from services.assistance.disbursements.schemas import DisbursementIn
from services.assistance.disbursements.sheets import DISBURSEMENTS
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Taken, kinds_by_name
from shared.imports.rows import ONE_BY_ONE, each, read_record, record_taken


def _take(uow: UnitOfWork, disbursement: DisbursementIn) -> Taken:
    return record_taken(record_disbursement(uow, disbursement))


IMPORTS: Final = kinds_by_name(
    ImportKind(
        DISBURSEMENTS,
        ("assistance:write",),
        read=partial(read_record, DisbursementIn),
        take=each(_take),
        rows_at_once=ONE_BY_ONE,
    )
)
