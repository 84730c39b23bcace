"""Households from a file: a row a member, the rows of a household together."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.monitoring.households.commands.register import put_household
from services.monitoring.households.schemas import HouseholdOfFile
from services.monitoring.households.sheets import HOUSEHOLDS
from shared.codes.operations import RowStatus
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError
from shared.imports.kinds import ImportKind, Sender, Taken, reasons_of

_ROWS_AT_ONCE: Final = 300


def _read(_: Sender, document: Mapping[str, Any]) -> HouseholdOfFile:
    return HouseholdOfFile.model_validate(document)


def _take(uow: UnitOfWork, _: Sender, households: Sequence[HouseholdOfFile]) -> list[Taken]:
    return [_put(uow, household) for household in households]


def _put(uow: UnitOfWork, household: HouseholdOfFile) -> Taken:
    """Register one household; one that is refused leaves nothing behind."""
    try:
        with uow.savepoint():
            done = put_household(uow, household.household_code, household)
    except DomainError as error:
        return Taken.refused(error)
    return Taken(RowStatus.ACCEPTED if done.changed else RowStatus.DUPLICATE, reasons_of(done.warnings))


IMPORT_HOUSEHOLDS: Final = ImportKind(
    HOUSEHOLDS, "monitoring:write", read=_read, take=_take, rows_at_once=_ROWS_AT_ONCE, has_source=False
)
