"""Cash paid to households 发放, recorded once for each reference."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.assistance.disbursements.errors import (
    DisbursementAlreadySuperseded,
    DisbursementAlreadyWithdrawn,
    DisbursementContradicts,
    DisbursementInvalid,
    MeasureNotTransfer,
    MeasurePaid,
    SupersededDisbursementNotFound,
)
from services.assistance.disbursements.rules import measure_after_payment
from services.assistance.disbursements.schemas import DisbursementIn, DisbursementOut
from services.assistance.disbursements.store import load_status, lock_disbursement, write_payment
from services.assistance.known_households.store import HOUSEHOLDS
from services.assistance.measures.commands.answer import Answer, answer_measures
from services.assistance.measures.commands.publish import publish_completed
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
from shared.money import format_yuan
from shared.months import month_of
from shared.records.kinds import RecordKind
from shared.records.outcomes import Outcome
from shared.words.said import says

_DISBURSEMENTS = table_of(Disbursement)
_KIND: Final = RecordKind(
    thing="disbursement",
    home="household",
    home_key="household_code",
    content=("household_code", "measure_id", "kind", "month", "amount", "supersedes_id"),
    instead=says("record-another-payment"),
    contradicts=DisbursementContradicts,
    superseded_not_found=SupersededDisbursementNotFound,
    already_superseded=DisbursementAlreadySuperseded,
    already_withdrawn=DisbursementAlreadyWithdrawn,
)


def record_disbursement(uow: UnitOfWork, body: DisbursementIn) -> Outcome[DisbursementOut]:
    """Record cash paid to a household 发放: credit it and pay the measure it answers, once for each reference.

    A measure is paid up to its amount. One that is completed is paid further by instalments alone.

    Raises:
        SourceNotYours: the source, or that of what it corrects, belongs to another client.
        HouseholdUnknown: the household is not known within the caller's region.
        DisbursementContradicts: the reference was used for another content.
        DisbursementInvalid: it cannot be true.
        MeasureNotFound, MeasureNotTransfer: the measure is not one of this household that asked for cash.
        MeasurePaid: nothing, or not so much, is left to be paid of the measure.
        SupersededDisbursementNotFound: what it corrects is not known for this household.
        DisbursementAlreadySuperseded, DisbursementAlreadyWithdrawn: what it corrects does not count.
    """
    _KIND.demand_sources(uow.actor, DisbursementInvalid, body)
    household = HOUSEHOLDS.one(uow, body.household_code)
    row = _new_row(uow, body, household)
    if (known := _repeated(uow, body, row)) is not None:
        return Outcome("duplicate", known)
    if body.month > month_of(uow.today()):
        raise DisbursementInvalid.at("/month", says("in-the-future"))
    measure = _measure_of(uow, body)
    found = None if body.supersedes is None else lock_disbursement(uow, _KIND.id_of(body.supersedes))
    if (known := _repeated(uow, body, row)) is not None:  # somebody else wrote it while this one waited
        return Outcome("duplicate", known)
    corrected = _demand_correctable(uow, body, found)
    if measure is not None:
        row["correlation_id"] = measure["correlation_id"]
        _refuse_paid(measure, row["amount"], corrected, instalment=body.instalment)
    row["updated_at"] = uow.stamp()
    if not _inserted(uow, row):
        known = _repeated(uow, body, row)
        assert known is not None, "what is in the way has the same id"
        return Outcome("duplicate", known)
    _pay(uow, measure, row, corrected, instalment=body.instalment)
    _publish(uow, row)
    return Outcome("stored", DisbursementOut.of(row))


def _new_row(uow: UnitOfWork, body: DisbursementIn, household: KnownHousehold) -> dict[str, Any]:
    return {
        "id": _KIND.id_of(body),
        "source": body.source,
        "source_ref": body.source_ref,
        "household_code": household.code,
        "region_code": household.region_code,
        "measure_id": body.measure_id,
        "kind": body.kind,
        "month": body.month,
        "amount": body.amount,
        "supersedes_id": _KIND.superseded_id(body),
        "disbursed_on": uow.today(),
        "withdrawn_on": None,
        "recorded_at": uow.now(),
        "recorded_by": uow.actor.id,
        "correlation_id": uow.context.correlation_id,
    }


def _repeated(uow: UnitOfWork, body: DisbursementIn, row: dict[str, Any]) -> DisbursementOut | None:
    """What is recorded under the reference already. Raises DisbursementContradicts where it says something else."""
    table = _DISBURSEMENTS
    known = uow.connection.execute(sa.select(table).where(table.c.id == row["id"])).mappings().one_or_none()
    if known is None:
        return None
    _KIND.demand_same(body, row, known)
    return DisbursementOut.of(known)


def _measure_of(uow: UnitOfWork, body: DisbursementIn) -> dict[str, Any] | None:
    """The measure that it answers, its task locked together with that of the measure whose payment it corrects."""
    locked = lock_measures(uow, [each for each in (body.measure_id, _corrected_measure(uow, body)) if each])
    if body.measure_id is None:
        return None
    measure = locked.get(body.measure_id)
    if measure is None or measure["household_code"] != body.household_code:
        raise MeasureNotFound(says("no-such-measure", measure=body.measure_id))
    if measure["kind"] is not MeasureKind.TRANSFER:
        raise MeasureNotTransfer(says("measure-asks-for-no-cash", kind=measure["kind"]), kind=str(measure["kind"]))
    return measure


def _corrected_measure(uow: UnitOfWork, body: DisbursementIn) -> UUID | None:
    if body.supersedes is None:
        return None
    table = _DISBURSEMENTS
    return uow.connection.scalar(sa.select(table.c.measure_id).where(table.c.id == _KIND.id_of(body.supersedes)))


def _demand_correctable(
    uow: UnitOfWork, body: DisbursementIn, found: Mapping[Any, Any] | None
) -> Mapping[Any, Any] | None:
    """What the disbursement corrects, which is locked, so that two corrections never both do."""
    if body.supersedes is None:
        return None
    old = _KIND.demand_known(body.supersedes, body.household_code, found)
    _KIND.demand_standing(body.supersedes, load_status(uow, old))
    return old


def _refuse_paid(
    measure: Mapping[str, Any], amount: int, corrected: Mapping[str, Any] | None, *, instalment: bool
) -> None:
    of_it = corrected is not None and corrected["measure_id"] == measure["id"]
    paid = measure["paid"] - (corrected["amount"] if corrected is not None and of_it else 0)
    left = measure["amount"] - paid
    again = paid > 0 and measure["status"] is MeasureStatus.COMPLETED and not instalment and not of_it
    if again or amount > left:
        shown = format_yuan(max(left, 0))
        in_parts = again and left > 0
        said = says("left-to-be-paid-in-parts", left=shown) if in_parts else says("left-to-be-paid", left=shown)
        raise MeasurePaid(said, left=shown)


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
    is_completed_now = status is MeasureStatus.COMPLETED and measure["status"] is not status
    answer_measures(uow, {measure["id"]: measure}, [answer])
    touch_tasks(uow, [measure["task_id"]])
    if is_completed_now:
        publish_completed(uow, measure)


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
    uow.log_after_commit("disbursement.recorded", context=context, disbursement_id=disbursement_id, household=household)
