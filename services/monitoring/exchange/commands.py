"""Keeping the codes under which other platforms know a household."""

from collections.abc import Mapping
from typing import Any, Final

from services.monitoring.exchange.errors import ExternalCodeInvalid, ExternalCodeTaken
from services.monitoring.exchange.schemas import ExternalCodeIn, ExternalCodeOfFile, ExternalCodeOut
from services.monitoring.exchange.sheets import EXTERNAL_CODES
from services.monitoring.households.store import lock_registered
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.models.exchange import ExternalCode
from services.monitoring.models.households import Household
from shared.codes.monitoring import ExchangeSystem
from shared.codes.operations import RowStatus
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Sender, Taken
from shared.imports.rows import ONE_BY_ONE, each
from shared.registers.commands import Put
from shared.versions import ExpectedVersion, demand_version
from shared.words.said import says

_CODES = table_of(ExternalCode)


def put_external_code(
    uow: UnitOfWork,
    household_code: str,
    system: ExchangeSystem,
    body: ExternalCodeIn,
    expected: ExpectedVersion | None = None,
) -> Put[ExternalCodeOut]:
    """Keep under which code a platform knows a household, or that it knows it no more. The same again changes nothing.

    Raises HouseholdNotFound, VersionChanged, ExternalCodeTaken where the platform knows another one under it, and
    ExternalCodeInvalid where there is none to take away.
    """
    household = _lock_household(uow, household_code)
    row = uow.session.get(ExternalCode, (household_code, system), with_for_update=True)
    demand_version(expected, None if row is None else row.version)
    if row is not None and row.code == body.code:
        return Put(ExternalCodeOut.of(row), created=False, changed=False)
    if row is None and body.code is None:
        raise ExternalCodeInvalid.at("/code", says("no-code-to-take-away"))
    moment = uow.stamp()  # from here on nobody else gives a code away
    _refuse_taken(uow, system, body.code)
    before = None if row is None else row.code
    put_row = row or ExternalCode(household_code=household_code, system=system, code=None, version=0, updated_at=moment)
    put_row.sqlmodel_update({"code": body.code, "version": put_row.version + 1, "updated_at": moment})
    household.updated_at = moment
    uow.session.add(put_row)
    uow.session.flush()  # flush: the next one to look for the code finds it
    audited = {"system": system.value, "code": before}
    uow.audit("external-code.put", household_code, before=audited, after=audited | {"code": body.code})
    uow.log_after_commit("external_code.put", household=household_code, system=system.value)
    return Put(ExternalCodeOut.of(put_row), created=row is None, changed=True)


def _lock_household(uow: UnitOfWork, code: str) -> Household:
    household = lock_registered(uow, [code]).get(code)
    if household is None or not uow.actor.sees(household.region_code):
        raise HouseholdNotFound(says("no-household-in-region", household=code, region=uow.actor.place))
    return household


def _refuse_taken(uow: UnitOfWork, system: ExchangeSystem, code: str | None) -> None:
    if code is None:
        return
    taken = (_CODES.c.system == system) & (_CODES.c.code == code)
    if uow.connection.execute(_CODES.select().where(taken)).first() is not None:
        raise ExternalCodeTaken(says("code-of-another-household", system=system, code=code))


def _read(_: Sender, document: Mapping[str, Any]) -> ExternalCodeOfFile:
    return ExternalCodeOfFile.model_validate(document)


def _take(uow: UnitOfWork, said: ExternalCodeOfFile) -> Taken:
    done = put_external_code(uow, said.household_code, said.system, ExternalCodeIn(code=said.code))
    return Taken(RowStatus.ACCEPTED if done.changed else RowStatus.DUPLICATE)


IMPORT_EXTERNAL_CODES: Final = ImportKind(
    EXTERNAL_CODES,
    ("monitoring:write",),
    read=_read,
    take=each(_take),
    rows_at_once=ONE_BY_ONE,
    has_source=False,
)
