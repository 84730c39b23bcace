"""Recording payments 付款 of buyers."""

from typing import Any

import sqlalchemy as sa

from services.consumption.buyers.store import find_buyer
from services.consumption.models import Payment
from services.consumption.payments.errors import PaymentContradicts, PaymentInvalid
from services.consumption.payments.schemas import PaymentIn, PaymentOut
from shared.db.base import table_of
from shared.db.rows import insert_into
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.money import format_yuan
from shared.records.outcomes import Outcome
from shared.security.sources import demand_sources
from shared.words.said import says

_PAYMENTS = table_of(Payment)


def record_payment(uow: UnitOfWork, body: PaymentIn) -> Outcome[PaymentOut]:
    """Record that a buyer paid. The same payment again changes nothing.

    It is for the goods of the region of whoever says so.

    Raises:
        SourceNotYours: the client may not speak for the source.
        BuyerNotFound: nobody is known by that code.
        PaymentInvalid: it is of a day to come.
        PaymentContradicts: the reference was used before for another payment.
    """
    demand_sources(uow.actor, PaymentInvalid, {"/source": body.source})
    find_buyer(uow, body.buyer_code)
    if body.paid_on > uow.today():
        raise PaymentInvalid.at("/paid_on", says("in-the-future"))
    row = _row(uow, body)
    statement = insert_into(_PAYMENTS, uow.connection.dialect.name).values(row).on_conflict_do_nothing()
    if not uow.connection.execute(statement).rowcount:
        return _again(uow, body, row)
    after = {"buyer": body.buyer_code, "paid_on": str(body.paid_on), "amount": format_yuan(body.amount)}
    uow.record("payment.recorded", row["id"], {"buyer": body.buyer_code}, after=after)
    return Outcome("stored", PaymentOut.of(row))


def _row(uow: UnitOfWork, body: PaymentIn) -> dict[str, Any]:
    return {
        "id": derived_id("payment", body.source, body.source_ref),
        **body.model_dump(),
        "region_code": uow.actor.regions[0],
        "recorded_at": uow.now(),
        "recorded_by": uow.actor.id,
        "correlation_id": uow.context.correlation_id,
    }


def _again(uow: UnitOfWork, body: PaymentIn, row: dict[str, Any]) -> Outcome[PaymentOut]:
    known = uow.connection.execute(sa.select(_PAYMENTS).where(_PAYMENTS.c.id == row["id"])).mappings().one()
    if any(known[name] != value for name, value in body.model_dump().items()):
        used = {"source": body.source, "reference": body.source_ref}
        raise PaymentContradicts(says("reference-used", **used, thing="payment"))
    return Outcome("duplicate", PaymentOut.of(dict(known)))
