"""Withdrawing paid lines that should never have been: the ledger forgets the credit, which zero would not say."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assets.distributions.errors import LineNotFound, LineNotPaid, WithdrawalContradicts
from services.assets.distributions.rules import credit_id, withdrawal_id
from services.assets.distributions.schemas import LineWithdrawalIn, LineWithdrawalOut
from services.assets.distributions.store import lock_distribution
from services.assets.models import Distribution, DistributionLine, LineWithdrawal
from shared.codes.assets import DistributionStatus
from shared.codes.monitoring import IncomeBranch
from shared.contracts.assets import ShareWithdrawn
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Invalid
from shared.money import format_yuan
from shared.months import month_of
from shared.security.sources import demand_sources

_LINES, _WITHDRAWALS = table_of(DistributionLine), table_of(LineWithdrawal)


@dataclass(frozen=True, slots=True)
class WithdrawLine:
    """A withdrawal, and whether it is new."""

    withdrawal: LineWithdrawalOut
    created: bool


def withdraw_line(uow: UnitOfWork, distribution_id: UUID, line_no: int, body: LineWithdrawalIn) -> WithdrawLine:
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
        raise LineNotFound(f"the distribution {distribution_id} has no line {line_no}")
    if distribution.status is not DistributionStatus.PAID:
        raise LineNotPaid(f"the distribution is {distribution.status}: nobody was credited")
    known = _known(uow, line, body)
    if known is not None:
        return WithdrawLine(LineWithdrawalOut.of(known._asdict()), created=False)
    withdrawal = _write(uow, distribution, line, body)
    _publish(uow, distribution, line, withdrawal)
    return WithdrawLine(LineWithdrawalOut.of(withdrawal.model_dump()), created=True)


def _known(uow: UnitOfWork, line: sa.Row[Any], body: LineWithdrawalIn) -> sa.Row[Any] | None:
    """The withdrawal that says the same; None where nothing was said yet. Raises WithdrawalContradicts."""
    same_line = (_WITHDRAWALS.c.distribution_id == line.distribution_id) & (_WITHDRAWALS.c.line_no == line.line_no)
    same_reference = (_WITHDRAWALS.c.source == body.source) & (_WITHDRAWALS.c.source_ref == body.source_ref)
    rows = uow.connection.execute(sa.select(_WITHDRAWALS).where(same_line | same_reference)).all()
    if not rows:
        return None
    said = (line.distribution_id, line.line_no, body.source, body.source_ref, body.reason)
    for row in rows:
        if (row.distribution_id, row.line_no, row.source, row.source_ref, row.reason) == said:
            return row
    raise WithdrawalContradicts("the line was withdrawn otherwise, or the reference belongs to another withdrawal")


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
    insert_rows(uow.connection, _WITHDRAWALS, [withdrawal.model_dump()])
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
    shown_id = str(distribution.id)
    before = {"line_no": line.line_no, "household_code": line.household_code, "amount": format_yuan(line.amount)}
    uow.audit("distribution.line_withdrawn", shown_id, before=before, reason=str(withdrawal.reason))
    uow.note("distribution.line_withdrawn", distribution_id=shown_id, line_no=line.line_no)
