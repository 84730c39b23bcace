"""Households from a file: a row a member, the rows of a household together."""

from collections.abc import Mapping
from typing import Any, Final

from services.monitoring.households.commands.register import put_household
from services.monitoring.households.schemas import HouseholdOfFile
from services.monitoring.households.sheets import HOUSEHOLDS
from shared.codes.operations import RowStatus
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Sender, Taken, reasons_of
from shared.imports.rows import each

_ROWS_AT_ONCE: Final = 300


def _read(_: Sender, document: Mapping[str, Any]) -> HouseholdOfFile:
    return HouseholdOfFile.model_validate(document)


def _put(uow: UnitOfWork, household: HouseholdOfFile) -> Taken:
    done = put_household(uow, household.household_code, household)
    return Taken(RowStatus.ACCEPTED if done.changed else RowStatus.DUPLICATE, reasons_of(done.warnings))


IMPORT_HOUSEHOLDS: Final = ImportKind(
    HOUSEHOLDS, ("monitoring:write",), read=_read, take=each(_put), rows_at_once=_ROWS_AT_ONCE, has_source=False
)
