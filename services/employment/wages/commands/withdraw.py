"""Withdrawing wages that should never have been reported: the month is unknown again, which zero would not say."""

from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.employment.models import Placement, Wage, WageWithdrawal, Worker
from services.employment.wages.errors import WageAlreadySuperseded, WageNotFound
from services.employment.wages.schemas import WageWithdrawalIn, WageWithdrawalOut
from shared.codes.monitoring import IncomeBranch
from shared.codes.records import RecordStatus
from shared.contracts.employment import WageWithdrawn
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Invalid
from shared.ids import derived_id
from shared.months import format_month
from shared.records.errors import WithdrawalContradicts
from shared.records.outcomes import Outcome
from shared.records.withdrawals import Withdrawals
from shared.security.sources import demand_sources
from shared.words.said import says

_WAGES, _PLACEMENTS, _WORKERS = table_of(Wage), table_of(Placement), table_of(Worker)
_WITHDRAWALS: Final = Withdrawals(
    "wage", table_of(WageWithdrawal), otherwise=WithdrawalContradicts, elsewhere=WithdrawalContradicts
)
_SELECT_HOME_FOR_UPDATE = (
    sa.select(_PLACEMENTS.c.household_code, _WORKERS.c.region_code)
    .join_from(_WAGES, _PLACEMENTS)
    .join(_WORKERS, _WORKERS.c.id == _PLACEMENTS.c.worker_id)
    .where(_WAGES.c.id == sa.bindparam("wage_id"))
    .order_by(_PLACEMENTS.c.id)
    .with_for_update(of=_PLACEMENTS)
)
"""Whose wage it is; whatever happens to the wages of one placement happens one after the other."""


def withdraw_wage(uow: UnitOfWork, wage_id: UUID, body: WageWithdrawalIn) -> Outcome[WageWithdrawalOut]:
    """Withdraw a wage 撤回. The same withdrawal again changes nothing.

    Raises:
        Invalid: the source is the name of a house.
        SourceNotYours: the client may not speak for the source of the withdrawal, or of the wage.
        WageNotFound: the wage is unknown or outside the caller's region.
        WithdrawalContradicts: the wage was withdrawn otherwise, or the reference belongs to another withdrawal.
        WageAlreadySuperseded: a correction took the place of the wage.
    """
    demand_sources(uow.actor, Invalid, {"/source": body.source})
    home = uow.connection.execute(_SELECT_HOME_FOR_UPDATE, {"wage_id": wage_id}).one_or_none()
    if home is None or not uow.actor.sees(home.region_code):
        raise WageNotFound(says("no-such-wage", wage=wage_id, region=uow.actor.place))
    wage = uow.session.get_one(Wage, wage_id, populate_existing=True)
    uow.actor.demand_source(wage.source)
    reference = {"source": body.source, "source_ref": body.source_ref}
    known = _WITHDRAWALS.find(uow, {"wage_id": wage_id}, reference, body.reason)
    if known is not None:
        return Outcome("duplicate", WageWithdrawalOut.of(known))
    if wage.status is RecordStatus.SUPERSEDED:
        raise WageAlreadySuperseded(says("corrected-wage-withdrawn"))
    withdrawal = WageWithdrawal(
        id=derived_id("wage-withdrawal", str(wage_id)),
        wage_id=wage_id,
        reason=body.reason,
        withdrawn_at=uow.now(),
        withdrawn_by=uow.actor.id,
        correlation_id=uow.context.correlation_id,
        **reference,
    )
    _WITHDRAWALS.write(uow, withdrawal.model_dump())
    wage.status, wage.updated_at = RecordStatus.WITHDRAWN, uow.stamp()
    _publish(uow, wage, withdrawal, home)
    return Outcome("stored", WageWithdrawalOut.of(withdrawal))


def _publish(uow: UnitOfWork, wage: Wage, withdrawal: WageWithdrawal, home: Any) -> None:
    withdrawn = WageWithdrawn(
        withdrawal_id=withdrawal.id,
        credit_id=wage.id,
        household_code=home.household_code,
        region_code=home.region_code,
        branch=IncomeBranch.WAGE,
        month=wage.month,
        reason=withdrawal.reason,
        withdrawn_on=uow.today(),
    )
    uow.emit(withdrawn, region=home.region_code)
    month = format_month(wage.month)
    before = {"placement_id": str(wage.placement_id), "month": month, "amount": wage.amount}
    told = {"household": home.household_code, "month": month}
    uow.record("wage.withdrawn", wage.id, told, before=before, reason=withdrawal.reason)
