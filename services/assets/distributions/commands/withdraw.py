"""Withdrawing paid lines that should never have been: the ledger forgets the credit, which zero would not say."""

from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.assets.distributions.errors import LineNotFound, LineNotPaid
from services.assets.distributions.rules import credit_id, withdrawal_id
from services.assets.distributions.schemas import LineWithdrawalIn, LineWithdrawalOut
from services.assets.distributions.store import lock_distribution
from services.assets.models import Distribution, DistributionLine, LineWithdrawal
from shared.codes.assets import DistributionStatus
from shared.codes.monitoring import IncomeBranch
from shared.contracts.assets import ShareWithdrawn
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Invalid
from shared.money import format_yuan
from shared.months import month_of
from shared.records.errors import WithdrawalContradicts
from shared.records.outcomes import Outcome
from shared.records.withdrawals import Withdrawals
from shared.security.sources import demand_sources
from shared.words.said import says

_LINES = table_of(DistributionLine)
_WITHDRAWALS: Final = Withdrawals(
    "line", table_of(LineWithdrawal), otherwise=WithdrawalContradicts, elsewhere=WithdrawalContradicts
)


def withdraw_line(
    uow: UnitOfWork, distribution_id: UUID, line_no: int, body: LineWithdrawalIn
) -> Outcome[LineWithdrawalOut]:
    """Withdraw a paid line 撤回. The same withdrawal again changes nothing.

    Raises:
        Invalid: the source is the name of a house.
        SourceNotYours: the client may not speak for the source.
        DistributionNotFound: the distribution is unknown or outside the caller's region.
        LineNotFound: it has no such line.
        LineNotPaid: nobody was credited yet.
        WithdrawalContradicts: the line was withdrawn otherwise, or the reference belongs to another withdrawal.
    """
    demand_sources(uow.actor, Invalid, {"/source": body.source})
    distribution = lock_distribution(uow, distribution_id)
    this = (_LINES.c.distribution_id == distribution_id) & (_LINES.c.line_no == line_no)
    line = uow.connection.execute(sa.select(_LINES).where(this)).one_or_none()
    if line is None:
        raise LineNotFound(says("distribution-without-line", distribution=distribution_id, line=line_no))
    if distribution.status is not DistributionStatus.PAID:
        raise LineNotPaid(says("distribution-not-paid", status=distribution.status))
    record = {"distribution_id": distribution_id, "line_no": line_no}
    reference = {"source": body.source, "source_ref": body.source_ref}
    known = _WITHDRAWALS.find(uow, record, reference, body.reason)
    if known is not None:
        return Outcome("duplicate", LineWithdrawalOut.of(known))
    withdrawal = _write(uow, distribution, line, body)
    _publish(uow, distribution, line, withdrawal)
    return Outcome("stored", LineWithdrawalOut.of(withdrawal.model_dump()))


def _write(uow: UnitOfWork, distribution: Distribution, line: sa.Row[Any], body: LineWithdrawalIn) -> LineWithdrawal:
    now = uow.stamp()
    withdrawal = LineWithdrawal(
        id=withdrawal_id(line.distribution_id, line.line_no),
        distribution_id=line.distribution_id,
        line_no=line.line_no,
        source=body.source,
        source_ref=body.source_ref,
        reason=body.reason,
        withdrawn_on=uow.today(),
        withdrawn_at=now,
        withdrawn_by=uow.actor.id,
    )
    _WITHDRAWALS.write(uow, withdrawal.model_dump())
    distribution.version += 1
    distribution.updated_at = now
    return withdrawal


def _publish(uow: UnitOfWork, distribution: Distribution, line: sa.Row[Any], withdrawal: LineWithdrawal) -> None:
    """Publish it in the month and region of the credit."""
    paid_on = distribution.stepped_on
    assert paid_on is not None, "a paid distribution was paid on some day"
    withdrawn = ShareWithdrawn(
        withdrawal_id=withdrawal.id,
        credit_id=credit_id(line.distribution_id, line.line_no),
        household_code=line.household_code,
        region_code=line.region_code,
        branch=IncomeBranch.PROPERTY,
        month=month_of(paid_on),
        reason=withdrawal.reason,
        withdrawn_on=withdrawal.withdrawn_on,
    )
    uow.emit(withdrawn, region=line.region_code)
    before = {"line_no": line.line_no, "household_code": line.household_code, "amount": format_yuan(line.amount)}
    told, reason = {"line_no": line.line_no}, str(withdrawal.reason)
    uow.record("distribution.line_withdrawn", distribution.id, told, before=before, reason=reason)
