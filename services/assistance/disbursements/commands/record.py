"""Cash paid to households 发放, recorded once for each reference."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.assistance.disbursements.errors import (
    AlreadySuperseded,
    AlreadyWithdrawn,
    DisbursementContradicts,
    DisbursementInvalid,
    MeasureNotTransfer,
    MeasurePaid,
    SupersededNotFound,
)
from services.assistance.disbursements.rules import measure_after_payment
from services.assistance.disbursements.schemas import DisbursementIn, DisbursementOut, DisbursementReference
from services.assistance.disbursements.store import load_correction, write_payment
from services.assistance.known_households.store import HOUSEHOLDS
from services.assistance.measures.commands.answer import Answer, answer_measures
from services.assistance.measures.errors import MeasureNotFound
from services.assistance.measures.store import lock_measures, touch_tasks
from services.assistance.models import Disbursement
from shared.codes.assistance import MeasureKind, MeasureStatus
from shared.codes.monitoring import IncomeBranch
from shared.contracts.assistance import TransferCredited
from shared.db.base import table_of
from shared.db.rows import insert_into
from shared.db.unit_of_work import UnitOfWork
from shared.helping.households import KnownHousehold
from shared.ids import derived_id
from shared.money import format_yuan
from shared.months import month_of
from shared.security.sources import demand_sources

_DISBURSEMENTS = table_of(Disbursement)
_CONTENT = ("household_code", "measure_id", "kind", "month", "amount", "supersedes_id")
"""What two disbursements under one reference must have in common to be the same."""


class Recorded(NamedTuple):
    """A disbursement, and whether it is new."""

    disbursement: DisbursementOut
    created: bool


def record_disbursement(uow: UnitOfWork, body: DisbursementIn) -> Recorded:
    """Record cash paid to a household 发放: credit it and pay the measure it answers, once for each reference.

    A measure is paid up to its amount. One that is completed is paid further by instalments alone.

    Raises:
        SourceNotYours: the source, or that of what it corrects, belongs to another client.
        HouseholdUnknown: the household is not known within the caller's region.
        DisbursementContradicts: the reference was used for another content.
        DisbursementInvalid: it cannot be true.
        MeasureNotFound, MeasureNotTransfer: the measure is not one of this household that asked for cash.
        MeasurePaid: nothing, or not so much, is left to be paid of the measure.
        SupersededNotFound, AlreadySuperseded, AlreadyWithdrawn: what it corrects is unknown, or does not count.
    """
    _check_sources(uow, body)
    household = HOUSEHOLDS.one(uow, body.household_code)
    row = _new_row(uow, body, household)
    if (known := _repeated(uow, row)) is not None:
        return Recorded(known, created=False)
    if body.month > month_of(uow.today()):
        raise DisbursementInvalid.at("/month", "lies in the future")
    measure = _measure_of(uow, body)
    corrected = _check_superseded(uow, row)
    if measure is not None:
        row["correlation_id"] = measure["correlation_id"]
    if (known := _repeated(uow, row)) is not None:  # somebody else wrote it while this one waited for the task
        return Recorded(known, created=False)
    if measure is not None:
        _refuse_paid(measure, row["amount"], corrected, instalment=body.instalment)
    if not _inserted(uow, row):
        known = _repeated(uow, row)
        assert known is not None, "what is in the way has the same id"
        return Recorded(known, created=False)
    _pay(uow, measure, row, corrected, instalment=body.instalment)
    _publish(uow, row)
    return Recorded(DisbursementOut.of(row), created=True)


def _new_row(uow: UnitOfWork, body: DisbursementIn, household: KnownHousehold) -> dict[str, Any]:
    return {
        "id": _id_of(body),
        "source": body.source,
        "source_ref": body.source_ref,
        "household_code": household.code,
        "region_code": household.region_code,
        "measure_id": body.measure_id,
        "kind": body.kind,
        "month": body.month,
        "amount": body.amount,
        "supersedes_id": body.supersedes and _id_of(body.supersedes),
        "disbursed_on": uow.today(),
        "withdrawn_on": None,
        "recorded_at": uow.now(),
        "recorded_by": uow.actor.id,
        "correlation_id": uow.context.correlation_id,
    }


def _id_of(reference: DisbursementIn | DisbursementReference) -> UUID:
    return derived_id("disbursement", reference.source, reference.source_ref)


def _repeated(uow: UnitOfWork, row: dict[str, Any]) -> DisbursementOut | None:
    """What is recorded under the reference already. Raises DisbursementContradicts where it says something else."""
    table = _DISBURSEMENTS
    known = uow.connection.execute(sa.select(table).where(table.c.id == row["id"])).mappings().one_or_none()
    if known is None:
        return None
    if any(known[name] != row[name] for name in _CONTENT):
        raise DisbursementContradicts(
            f"{row['source']} used the reference {row['source_ref']} for another disbursement"
        )
    return DisbursementOut.of(known)


def _measure_of(uow: UnitOfWork, body: DisbursementIn) -> dict[str, Any] | None:
    """The measure that it answers, its task locked together with that of the measure whose payment it corrects."""
    locked = lock_measures(uow, [each for each in (body.measure_id, _corrected_measure(uow, body)) if each])
    if body.measure_id is None:
        return None
    measure = locked.get(body.measure_id)
    if measure is None or measure["household_code"] != body.household_code:
        raise MeasureNotFound(f"the household has no measure {body.measure_id}")
    if measure["kind"] is not MeasureKind.TRANSFER:
        raise MeasureNotTransfer(f"the measure asks for a {measure['kind']}", kind=str(measure["kind"]))
    return measure


def _corrected_measure(uow: UnitOfWork, body: DisbursementIn) -> UUID | None:
    if body.supersedes is None:
        return None
    table = _DISBURSEMENTS
    return uow.connection.scalar(sa.select(table.c.measure_id).where(table.c.id == _id_of(body.supersedes)))


def _check_sources(uow: UnitOfWork, body: DisbursementIn) -> None:
    named = {"/source": body.source}
    if body.supersedes is not None:
        named["/supersedes/source"] = body.supersedes.source
    demand_sources(uow.actor, DisbursementInvalid, named)


def _check_superseded(uow: UnitOfWork, row: dict[str, Any]) -> Mapping[str, Any] | None:
    """Lock what the disbursement corrects, so that two corrections never both do, and return it."""
    table, old_id = _DISBURSEMENTS, row["supersedes_id"]
    if old_id is None:
        return None
    mine = (table.c.id == old_id) & (table.c.household_code == row["household_code"]) & (table.c.id != row["id"])
    old = uow.connection.execute(sa.select(table).where(mine).with_for_update()).mappings().one_or_none()
    if old is None:
        raise SupersededNotFound("the household has no such disbursement to supersede")
    if old["withdrawn_on"] is not None:
        raise AlreadyWithdrawn("the disbursement was withdrawn; record what was paid as another one")
    if load_correction(uow, old_id) not in (None, row["id"]):
        raise AlreadySuperseded("the disbursement was corrected before; supersede the correction")
    return dict(old)


def _refuse_paid(
    measure: Mapping[str, Any], amount: int, corrected: Mapping[str, Any] | None, *, instalment: bool
) -> None:
    of_it = corrected is not None and corrected["measure_id"] == measure["id"]
    paid = measure["paid"] - (corrected["amount"] if corrected is not None and of_it else 0)
    left = measure["amount"] - paid
    again = paid > 0 and measure["status"] is MeasureStatus.COMPLETED and not instalment and not of_it
    if again or amount > left:
        shown = format_yuan(max(left, 0))
        hint = "; say `instalment` where a part of it is meant" if again and left > 0 else ""
        raise MeasurePaid(f"{shown} yuan of the measure are left to be paid{hint}", left=shown)


def _pay(
    uow: UnitOfWork,
    measure: dict[str, Any] | None,
    row: Mapping[str, Any],
    corrected: Mapping[str, Any] | None,
    *,
    instalment: bool,
) -> None:
    """Count the payment on its measure, and what it corrects no more, and say where the measure stands."""
    if corrected is not None and corrected["measure_id"] is not None:
        write_payment(uow, corrected["measure_id"], -corrected["amount"])
    if measure is None:
        return
    write_payment(uow, measure["id"], row["amount"])
    paid = measure["paid"] + row["amount"]
    if corrected is not None and corrected["measure_id"] == measure["id"]:
        paid -= corrected["amount"]
    status = measure_after_payment(measure["amount"], paid, instalment=instalment)
    answer = Answer(measure["id"], status, None, row["recorded_at"], uow.actor.id, uow.context)
    answer_measures(uow, {measure["id"]: measure}, [answer])
    touch_tasks(uow, [measure["task_id"]])


def _inserted(uow: UnitOfWork, row: dict[str, Any]) -> bool:
    """Whether it is written now; not where somebody else wrote it in this moment."""
    statement = insert_into(_DISBURSEMENTS, uow.connection.dialect.name).values(row)
    return bool(uow.connection.execute(statement.on_conflict_do_nothing(index_elements=["id"])).rowcount)


def _publish(uow: UnitOfWork, row: dict[str, Any]) -> None:
    credited = TransferCredited(
        credit_id=row["id"],
        household_code=row["household_code"],
        region_code=row["region_code"],
        branch=IncomeBranch.TRANSFER,
        month=row["month"],
        amount=row["amount"],
        credited_on=row["disbursed_on"],
        measure_id=row["measure_id"],
        supersedes=row["supersedes_id"],
    )
    context = uow.context.in_chain(row["correlation_id"])
    uow.emit(credited, region=row["region_code"], context=context)
    disbursement_id, household = str(row["id"]), row["household_code"]
    after = {"household": household, "kind": row["kind"], "month": row["month"], "amount": row["amount"]}
    uow.audit("disbursement.recorded", disbursement_id, after=after)
    uow.note("disbursement.recorded", context=context, disbursement_id=disbursement_id, household=household)
