"""Taking records back, of whatever kind."""

from collections.abc import Callable, Mapping
from typing import Any

from services.consumption.models import Withdrawal
from services.consumption.withdrawals.schemas import WithdrawalIn, WithdrawalOut
from shared.codes.records import RecordStatus
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.records.errors import WithdrawalContradicts
from shared.records.kinds import RecordKind
from shared.records.outcomes import Outcome
from shared.records.withdrawals import Withdrawals
from shared.words.said import says

_TABLE = table_of(Withdrawal)


def withdraw(
    uow: UnitOfWork, kind: RecordKind, record: Mapping[Any, Any], body: WithdrawalIn, take_back: Callable[[], None]
) -> Outcome[WithdrawalOut]:
    """Withdraw a record that is locked, once: ``take_back`` is what follows. The same withdrawal again changes nothing.

    Raises:
        SourceNotYours: the record is of a source for which the client may not speak.
        WithdrawalContradicts: it was withdrawn otherwise, or the reference belongs to another withdrawal.
        AlreadySuperseded: a correction counts in its place; that can be withdrawn.
    """
    uow.actor.demand_source(record["source"])
    withdrawals = Withdrawals(kind.thing, _TABLE, otherwise=WithdrawalContradicts, elsewhere=WithdrawalContradicts)
    reference = {"thing": kind.thing, "source": body.source, "source_ref": body.source_ref}
    known = withdrawals.find(uow, {"record_id": record["id"]}, reference, body.reason)
    if known is not None:
        return Outcome("duplicate", WithdrawalOut.of(dict(known)))
    if record["status"] is RecordStatus.SUPERSEDED:
        named = {"thing": kind.thing, "reference": record["source_ref"]}
        raise kind.already_superseded(says("withdraw-the-correction", **named))
    row = {"record_id": record["id"], **reference, "reason": body.reason, **_who(uow)}
    withdrawals.write(uow, row)
    take_back()
    return Outcome("stored", WithdrawalOut.of(row))


def _who(uow: UnitOfWork) -> dict[str, Any]:
    return {
        "withdrawn_at": uow.now(),
        "withdrawn_by": uow.actor.id,
        "correlation_id": uow.context.correlation_id,
    }
