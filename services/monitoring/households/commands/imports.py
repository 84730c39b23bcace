"""Households from a file: a row a member, the rows of a household together."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.monitoring.households.commands.register import HouseholdToPut, PutHousehold, put_households
from services.monitoring.households.schemas import HouseholdOfFile
from services.monitoring.households.sheets import HOUSEHOLDS
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Sender, Taken, reasons_of
from shared.imports.rows import record_taken
from shared.records.outcomes import Outcome

_ROWS_AT_ONCE: Final = 300


def _read(_: Sender, document: Mapping[str, Any]) -> HouseholdOfFile:
    return HouseholdOfFile.model_validate(document)


def _take(uow: UnitOfWork, _: Sender, households: Sequence[HouseholdOfFile]) -> list[Taken]:
    return [_taken(one) for one in put_households(uow, [HouseholdToPut(one.household_code, one) for one in households])]


def _taken(outcome: Outcome[PutHousehold]) -> Taken:
    taken = record_taken(outcome)
    return taken if outcome.shown is None else taken._replace(reasons=reasons_of(outcome.shown.warnings))


IMPORT_HOUSEHOLDS: Final = ImportKind(
    HOUSEHOLDS, ("monitoring:write",), read=_read, take=_take, rows_at_once=_ROWS_AT_ONCE, has_source=False
)
