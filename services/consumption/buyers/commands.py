"""Keeping the register of buyers 采购单位."""

from dataclasses import dataclass
from typing import Any

from services.consumption.buyers.schemas import BuyerIn, BuyerOut
from services.consumption.models import Buyer
from shared.db.base import table_of
from shared.db.spelling import refuse_other_spelling
from shared.db.unit_of_work import UnitOfWork
from shared.versions import ExpectedVersion, demand_version

_BUYERS = table_of(Buyer)


@dataclass(frozen=True, slots=True)
class PutBuyer:
    """A buyer after it was put, and whether it is new."""

    buyer: BuyerOut
    created: bool


def put_buyer(uow: UnitOfWork, code: str, body: BuyerIn, expected: ExpectedVersion | None) -> PutBuyer:
    """Bind a buyer to the client that orders for it, or hand it over to another. The same again changes nothing.

    Whoever bound it first, and whoever is responsible for a region around theirs, changes it.
    """
    refuse_other_spelling(uow, _BUYERS.c.code, code)
    buyer = uow.session.get(Buyer, code, with_for_update=True)
    if buyer is not None and buyer.bound_in is not None:
        uow.actor.demand_region(buyer.bound_in)
    demand_version(expected, buyer.version if buyer else None)
    fields = body.model_dump()
    if buyer is None:
        buyer = Buyer(code=code, bound_in=uow.actor.regions[0], version=1, **fields)
        uow.session.add(buyer)
        _record(uow, buyer, before=None)
        return PutBuyer(BuyerOut.of(buyer), created=True)
    if buyer.model_dump(include=set(fields)) != fields:
        before, bound_in = _audit_view(buyer), buyer.bound_in or uow.actor.regions[0]
        buyer.sqlmodel_update(fields | {"bound_in": bound_in, "version": buyer.version + 1})
        _record(uow, buyer, before)
    return PutBuyer(BuyerOut.of(buyer), created=False)


def _record(uow: UnitOfWork, buyer: Buyer, before: dict[str, Any] | None) -> None:
    uow.audit("buyer.put", buyer.code, before=before, after=_audit_view(buyer))
    uow.note("buyer.put", buyer=buyer.code, client=buyer.client_id, buyer_version=buyer.version)


def _audit_view(buyer: Buyer) -> dict[str, Any]:
    """What the audit keeps of a buyer: no name, which may be a person's."""
    return {"client_id": buyer.client_id, "bound_in": buyer.bound_in, "version": buyer.version}
