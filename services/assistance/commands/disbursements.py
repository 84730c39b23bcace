"""Disbursements: cash paid to households, each once."""

from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.assistance.commands.measures import Answer, answer_measures, hold_measures
from services.assistance.errors import (
    AlreadySuperseded,
    DisbursementContradicts,
    DisbursementInvalid,
    MeasureNotFound,
    MeasureNotTransfer,
    SupersededNotFound,
)
from services.assistance.models import HOUSEHOLDS, Disbursement
from services.assistance.schemas import DisbursementIn, DisbursementOut, DisbursementReference
from shared.contracts.assistance import TransferCredited
from shared.contracts.codes import IncomeBranch, MeasureKind, MeasureStatus
from shared.db.base import table_of
from shared.db.rows import insert_into
from shared.db.unit_of_work import UnitOfWork
from shared.helping.households import KnownHousehold
from shared.ids import derived_id
from shared.months import month_of

_DISBURSEMENTS = table_of(Disbursement)
_CONTENT = ("household_code", "measure_id", "kind", "month", "amount", "supersedes_id")
"""What two disbursements under one reference must have in common to be the same."""


class Recorded(NamedTuple):
    """A disbursement, and whether it is new."""

    disbursement: DisbursementOut
    created: bool


def record_disbursement(uow: UnitOfWork, body: DisbursementIn) -> Recorded:
    """Record cash paid to a household 发放: credit it and complete the measure it answers, once for each reference.

    Raises:
        HouseholdUnknown: the household is not known within the caller's region.
        DisbursementContradicts: the reference was used for another content.
        DisbursementInvalid: it cannot be true.
        MeasureNotFound, MeasureNotTransfer: the measure is not one of this household that asked for cash.
        SupersededNotFound, AlreadySuperseded: what it corrects is unknown, or has a correction.
    """
    household = HOUSEHOLDS.one(uow, body.household_code)
    row = _new_row(uow, body, household)
    if (known := _repeated(uow, row)) is not None:
        return Recorded(known, created=False)
    if body.month > month_of(uow.today()):
        raise DisbursementInvalid.at("/month", "lies in the future")
    measure = _measure_of(uow, body)
    _check_superseded(uow, row)
    if measure is not None:
        row["correlation_id"] = measure["correlation_id"]
    if not _inserted(uow, row):
        known = _repeated(uow, row)
        assert known is not None, "what is in the way has the same id"
        return Recorded(known, created=False)
    if measure is not None:
        paid = Answer(measure["id"], MeasureStatus.COMPLETED, None, row["recorded_at"], uow.actor.id, uow.context)
        answer_measures(uow, {measure["id"]: measure}, [paid])
    _tell(uow, row)
    return Recorded(DisbursementOut.model_validate(row), created=True)


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
    return DisbursementOut.model_validate(dict(known))


def _measure_of(uow: UnitOfWork, body: DisbursementIn) -> dict[str, Any] | None:
    if body.measure_id is None:
        return None
    measure = hold_measures(uow, [body.measure_id]).get(body.measure_id)
    if measure is None or measure["household_code"] != body.household_code:
        raise MeasureNotFound(f"the household has no measure {body.measure_id}")
    if measure["kind"] is not MeasureKind.TRANSFER:
        raise MeasureNotTransfer(f"the measure asks for a {measure['kind']}", kind=str(measure["kind"]))
    return measure


def _check_superseded(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Lock what the disbursement corrects, so that two corrections never both do."""
    table, old_id = _DISBURSEMENTS, row["supersedes_id"]
    if old_id is None:
        return
    mine = (table.c.id == old_id) & (table.c.household_code == row["household_code"]) & (table.c.id != row["id"])
    if uow.connection.execute(sa.select(table.c.id).where(mine).with_for_update()).one_or_none() is None:
        raise SupersededNotFound("the household has no such disbursement to supersede")
    corrected = sa.select(table.c.id).where(table.c.supersedes_id == old_id, table.c.id != row["id"])
    if uow.connection.execute(corrected).one_or_none() is not None:
        raise AlreadySuperseded("the disbursement was corrected before; supersede the correction")


def _inserted(uow: UnitOfWork, row: dict[str, Any]) -> bool:
    """Whether it is written now; not where somebody else wrote it in this moment."""
    statement = insert_into(_DISBURSEMENTS, uow.connection.dialect.name).values(row)
    return bool(uow.connection.execute(statement.on_conflict_do_nothing(index_elements=["id"])).rowcount)


def _tell(uow: UnitOfWork, row: dict[str, Any]) -> None:
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
