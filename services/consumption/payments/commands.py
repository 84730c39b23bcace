"""Recording payments 付款 of buyers, correcting and withdrawing them."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.store import demand_supplier, find_buyer
from services.consumption.models import Payment
from services.consumption.payments.errors import (
    PaymentAlreadySuperseded,
    PaymentContradicts,
    PaymentInvalid,
    PaymentNotFound,
    PaymentWithdrawnBefore,
    SupersededPaymentNotFound,
)
from services.consumption.payments.schemas import PaymentIn, PaymentOut
from services.consumption.withdrawals.commands import withdraw
from services.consumption.withdrawals.schemas import WithdrawalIn, WithdrawalOut
from shared.codes.records import RecordStatus
from shared.db.base import table_of
from shared.db.rows import insert_into
from shared.db.unit_of_work import UnitOfWork
from shared.money import format_yuan
from shared.records.kinds import RecordKind
from shared.records.outcomes import Outcome
from shared.regions import region_prefix
from shared.security.divisions import demand_division
from shared.security.sources import demand_sources
from shared.words.said import says

_PAYMENTS = table_of(Payment)
_KIND: Final = RecordKind(
    thing="payment",
    home="region",
    home_key="region_code",
    content=("buyer_code", "region_code", "paid_on", "amount", "supersedes_id"),
    instead=says("record-the-payment-anew"),
    contradicts=PaymentContradicts,
    superseded_not_found=SupersededPaymentNotFound,
    already_superseded=PaymentAlreadySuperseded,
    already_withdrawn=PaymentWithdrawnBefore,
)
Row = Mapping[Any, Any]


def record_payment(uow: UnitOfWork, body: PaymentIn) -> Outcome[PaymentOut]:
    """Record that a buyer paid, or what is right instead of what was recorded. The same again changes nothing.

    A payment counts on the day on which it was paid. So a correction of a past month restates what that month paid and
    with which balance every month since begins, as both sides find it in their bank accounts; a correction to another
    month or buyer restates the statements of both. What was wrong stays in the list as superseded.

    Raises:
        SourceNotYours: the client may not speak for the source, or for that of the payment it corrects.
        NotSupplying: the client is one of a buyer.
        RegionNotAllowed: the region lies outside the caller's.
        BuyerNotFound: nobody is known by that code.
        PaymentInvalid: it is of a day to come.
        PaymentContradicts: the reference was used before for another payment.
        SupersededPaymentNotFound: the payment to be corrected is unknown, or of another region.
        PaymentAlreadySuperseded: it was corrected before.
        PaymentWithdrawnBefore: it was withdrawn, or the payment itself was.
    """
    _KIND.demand_sources(uow.actor, PaymentInvalid, body)
    demand_supplier(uow.actor)
    find_buyer(uow, body.buyer_code)
    if body.paid_on > uow.today():
        raise PaymentInvalid.at("/paid_on", says("in-the-future"))
    old = None if body.supersedes is None else _locked(uow, _KIND.id_of(body.supersedes))
    said = _content(uow, body, old)
    if (known := _find(uow, _KIND.id_of(body))) is not None:
        return _again(uow, body, said, known)
    if body.supersedes is not None:
        old = _KIND.demand_known(body.supersedes, said["region_code"], old)
        _KIND.demand_standing(body.supersedes, old["status"])
    return _store(uow, body, said, old)


def withdraw_payment(uow: UnitOfWork, payment_id: UUID, body: WithdrawalIn) -> Outcome[WithdrawalOut]:
    """Withdraw a payment 撤回 that never came. The month in which it counted has one payment less.

    Raises:
        SourceNotYours: the client may not speak for the source of the withdrawal, or of the payment.
        PaymentNotFound: the payment is unknown or outside the caller's region.
        WithdrawalContradicts: it was withdrawn otherwise, or the reference belongs to another withdrawal.
        PaymentAlreadySuperseded: a correction took its place.
    """
    demand_sources(uow.actor, PaymentInvalid, {"/source": body.source})
    demand_supplier(uow.actor)
    known = _locked(uow, payment_id)
    if known is None:
        raise PaymentNotFound(says("no-such-payment", payment=payment_id, region=uow.actor.place))

    def take_back() -> None:
        _mark(uow, known, RecordStatus.WITHDRAWN)
        told = {"buyer": known["buyer_code"]}
        uow.record("payment.withdrawn", payment_id, told, before=_audit_view(known), reason=body.reason)

    return withdraw(uow, _KIND, known, body, take_back)


def _find(uow: UnitOfWork, payment_id: UUID) -> Row | None:
    return uow.connection.execute(sa.select(_PAYMENTS).where(_PAYMENTS.c.id == payment_id)).mappings().one_or_none()


def _locked(uow: UnitOfWork, payment_id: UUID) -> Row | None:
    """A payment of the caller's regions, locked: it is corrected or withdrawn once."""
    row = sa.select(_PAYMENTS).where(_PAYMENTS.c.id == payment_id).with_for_update()
    found = uow.connection.execute(row).mappings().one_or_none()
    return found if found is not None and uow.actor.sees(found["region_code"]) else None


def _content(uow: UnitOfWork, body: PaymentIn, old: Row | None) -> dict[str, Any]:
    own = uow.actor.regions[0] if old is None else old["region_code"]
    named = None if body.region_code is None else region_prefix(demand_division(uow.actor, body.region_code))
    return {
        "buyer_code": body.buyer_code,
        "region_code": own if named is None else named,
        "paid_on": body.paid_on,
        "amount": body.amount,
        "supersedes_id": _KIND.superseded_id(body),
    }


def _again(uow: UnitOfWork, body: PaymentIn, said: Mapping[str, Any], known: Row) -> Outcome[PaymentOut]:
    if not uow.actor.sees(known["region_code"]):
        raise _KIND.contradiction(body)
    _KIND.demand_same(body, said, known)
    if known["status"] is RecordStatus.WITHDRAWN:
        _KIND.demand_standing(body, known["status"])
    return Outcome("duplicate", PaymentOut.of(dict(known)))


def _store(uow: UnitOfWork, body: PaymentIn, said: Mapping[str, Any], old: Row | None) -> Outcome[PaymentOut]:
    row = {
        "id": _KIND.id_of(body),
        "source": body.source,
        "source_ref": body.source_ref,
        **said,
        "status": RecordStatus.STANDS,
        "recorded_at": uow.now(),
        "recorded_by": uow.actor.id,
        "correlation_id": uow.context.correlation_id,
        "updated_at": uow.stamp(),
    }
    statement = insert_into(_PAYMENTS, uow.connection.dialect.name).values(row).on_conflict_do_nothing()
    if not uow.connection.execute(statement).rowcount:
        known = _find(uow, row["id"])
        assert known is not None, "what conflicts is there"
        return _again(uow, body, said, known)
    if old is not None:
        _mark(uow, old, RecordStatus.SUPERSEDED)
    before = None if old is None else _audit_view(old)
    uow.record("payment.recorded", row["id"], {"buyer": body.buyer_code}, before=before, after=_audit_view(row))
    return Outcome("stored", PaymentOut.of(row))


def _mark(uow: UnitOfWork, payment: Row, status: RecordStatus) -> None:
    this = sa.update(_PAYMENTS).where(_PAYMENTS.c.id == payment["id"])
    uow.connection.execute(this.values(status=status, updated_at=uow.stamp()))


def _audit_view(payment: Row) -> dict[str, Any]:
    return {
        "buyer": payment["buyer_code"],
        "paid_on": str(payment["paid_on"]),
        "amount": format_yuan(payment["amount"]),
    }
