"""Disbursements taken back: money that a bank returned, or that was never meant for this household."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.assistance.disbursements.errors import (
    DisbursementAlreadySuperseded,
    DisbursementAlreadyWithdrawn,
    DisbursementContradicts,
    DisbursementInvalid,
    DisbursementNotFound,
)
from services.assistance.disbursements.rules import measure_after_withdrawal
from services.assistance.disbursements.schemas import WithdrawalIn, WithdrawalOut
from services.assistance.disbursements.store import load_status, lock_disbursement, write_payment
from services.assistance.known_households.store import load_region
from services.assistance.measures.commands.request import answer_deadline_from_today
from services.assistance.measures.store import lock_measures
from services.assistance.models import Disbursement, Measure, Task, Withdrawal
from services.assistance.tasks.store import write_task
from shared.codes.assistance import MeasureStatus, TaskChange
from shared.codes.monitoring import IncomeBranch
from shared.codes.records import RecordStatus
from shared.contracts.assistance import TransferWithdrawn
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.records.outcomes import Outcome
from shared.records.withdrawals import Withdrawals
from shared.security.sources import demand_sources
from shared.words.said import says

_DISBURSEMENTS, _MEASURES, _TASKS = table_of(Disbursement), table_of(Measure), table_of(Task)
_WITHDRAWALS: Final = Withdrawals(
    "disbursement",
    table_of(Withdrawal),
    otherwise=DisbursementAlreadyWithdrawn,
    elsewhere=DisbursementContradicts,
)
_HOUSE = "assistance"


def withdraw_disbursement(uow: UnitOfWork, disbursement_id: UUID, body: WithdrawalIn) -> Outcome[WithdrawalOut]:
    """Take a disbursement back 发放撤回, as if nobody had told of it: once, and the same again changes nothing.

    Its credit is withdrawn from the ledger. The measure that it paid is open again for as much, and its task says so.

    Raises:
        SourceNotYours: the source, or that of the disbursement, belongs to another client.
        DisbursementNotFound: there is no such disbursement within the caller's region.
        DisbursementContradicts: the reference was used for the withdrawal of another disbursement.
        DisbursementAlreadyWithdrawn: it was withdrawn before, in other words.
        DisbursementAlreadySuperseded: another disbursement corrects it and counts in its place.
        DisbursementInvalid: the source is the name of a house.
    """
    demand_sources(uow.actor, DisbursementInvalid, {"/source": body.source})
    found = _find(uow, disbursement_id)
    measure_id = found["measure_id"]
    measure = lock_measures(uow, [measure_id])[measure_id] if measure_id else None
    lock_disbursement(uow, disbursement_id)
    row = _new_row(uow, found, body)
    record = {"house": _HOUSE, "credit_id": disbursement_id}
    known = _WITHDRAWALS.find(uow, record, {"id": row["id"]}, body.reason)
    if known is not None:
        return Outcome("duplicate", WithdrawalOut.of(known))
    if load_status(uow, found) is RecordStatus.SUPERSEDED:
        raise DisbursementAlreadySuperseded(says("withdraw-the-correction-of-the-disbursement"))
    _WITHDRAWALS.write(uow, row)
    this = _DISBURSEMENTS.c.id == disbursement_id
    gone = {"withdrawn_on": row["withdrawn_on"], "updated_at": uow.stamp()}
    uow.connection.execute(sa.update(_DISBURSEMENTS).where(this).values(gone))
    if measure is not None:
        _open_again(uow, measure, found["amount"])
    _publish(uow, row, body)
    return Outcome("stored", WithdrawalOut.of(row))


def _find(uow: UnitOfWork, disbursement_id: UUID) -> Mapping[str, Any]:
    statement = sa.select(_DISBURSEMENTS).where(_DISBURSEMENTS.c.id == disbursement_id)
    row = uow.connection.execute(statement).mappings().one_or_none()
    if row is None or not uow.actor.sees(load_region(uow, row["household_code"], row["region_code"])):
        named = {"disbursement": disbursement_id, "region": uow.actor.place}
        raise DisbursementNotFound(says("no-such-disbursement", **named))
    uow.actor.demand_source(row["source"])
    return dict(row)


def _new_row(uow: UnitOfWork, found: Mapping[str, Any], body: WithdrawalIn) -> dict[str, Any]:
    return {
        "house": _HOUSE,
        "credit_id": found["id"],
        "id": derived_id("disbursement-withdrawal", body.source, body.source_ref),
        "household_code": found["household_code"],
        "region_code": load_region(uow, found["household_code"], found["region_code"]),
        "branch": IncomeBranch.TRANSFER,
        "month": found["month"],
        "reason": body.reason,
        "withdrawn_on": uow.today(),
        "at": uow.now(),
        "withdrawn_by": uow.actor.id,
        "correlation_id": found["correlation_id"],
    }


def _open_again(uow: UnitOfWork, measure: Mapping[str, Any], amount: int) -> None:
    """Count the payment no more. The task, which is locked, tells its owner; a closed one waits for nothing."""
    write_payment(uow, measure["id"], -amount)
    paid = measure["paid"] - amount
    status = measure_after_withdrawal(measure["task_status"], measure["amount"], paid)
    changed: dict[str, Any] = {"status": status, "updated_at": uow.stamp()}
    if status is MeasureStatus.REQUESTED:
        changed |= {"accepted_at": None, "answered_at": None, "overdue_at": None}
        changed |= answer_deadline_from_today(uow, measure["region_code"])
    uow.connection.execute(sa.update(_MEASURES).where(_MEASURES.c.id == measure["id"]).values(changed))
    task = uow.connection.execute(sa.select(_TASKS).where(_TASKS.c.id == measure["task_id"])).mappings().one()
    write_task(uow, task, TaskChange.PAYMENT_WITHDRAWN, says("about-a-measure", kind=measure["kind"]), by=uow.actor.id)
    before, after = {"status": str(measure["status"])}, {"status": str(status)}
    uow.audit("measure.payment_withdrawn", str(measure["id"]), before=before, after=after)


def _publish(uow: UnitOfWork, row: Mapping[str, Any], body: WithdrawalIn) -> None:
    names = ("credit_id", "household_code", "region_code", "branch", "month", "reason", "withdrawn_on")
    withdrawn = TransferWithdrawn(withdrawal_id=row["id"], **{name: row[name] for name in names})
    context = uow.context.in_chain(row["correlation_id"])
    uow.emit(withdrawn, region=row["region_code"], context=context)
    disbursement_id, household = str(row["credit_id"]), row["household_code"]
    after = {"household": household, "source": body.source, "source_ref": body.source_ref, "reason": str(body.reason)}
    uow.audit("disbursement.withdrawn", disbursement_id, after=after)
    uow.log_after_commit(
        "disbursement.withdrawn", context=context, disbursement_id=disbursement_id, household=household
    )
