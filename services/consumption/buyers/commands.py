"""Keeping the register of buyers 采购单位."""

from collections.abc import Sequence
from typing import Any, Final

from services.consumption.buyers.schemas import BuyerIn, BuyerOut
from services.consumption.models import Buyer
from shared.db.unit_of_work import UnitOfWork
from shared.registers.commands import Put, Register, put
from shared.registers.entries import holds
from shared.versions import ExpectedVersion


def put_buyer(uow: UnitOfWork, code: str, body: BuyerIn, expected: ExpectedVersion | None) -> Put[BuyerOut]:
    """Bind a buyer to the client that orders for it, or hand it over to another. The same again changes nothing.

    Whoever bound it first, and whoever is responsible for a region around theirs, changes it.
    """
    return put(uow, _REGISTER, code, body, expected)


def _demand_binder(uow: UnitOfWork, buyer: Buyer) -> None:
    if buyer.bound_in is not None:
        uow.actor.demand_region(buyer.bound_in)


def _fields(uow: UnitOfWork, body: BuyerIn, buyer: Buyer | None) -> dict[str, Any]:
    said = body.model_dump()
    if buyer is not None and (buyer.bound_in or holds(buyer, said)):
        return said
    return said | {"bound_in": uow.actor.regions[0]}


def _audit_view(buyer: Buyer, _parts: Sequence[None]) -> dict[str, Any]:
    """What the audit keeps of a buyer: no name, which may be a person's."""
    return {"client_id": buyer.client_id, "bound_in": buyer.bound_in, "version": buyer.version}


def _log_fields(buyer: Buyer, _parts: Sequence[None]) -> dict[str, Any]:
    return {"buyer": buyer.code, "client": buyer.client_id, "buyer_version": buyer.version}


def _shown(_uow: UnitOfWork, buyer: Buyer, _parts: Sequence[None]) -> BuyerOut:
    return BuyerOut.of(buyer)


_REGISTER: Final = Register(
    model=Buyer,
    guard=_demand_binder,
    fields=_fields,
    audit_view=_audit_view,
    log_fields=_log_fields,
    shown=_shown,
    entered="buyer.put",
    changed="buyer.put",
)
