"""Keeping the register of buyers 采购单位."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.consumption.buyers.errors import BuyerInvalid
from services.consumption.buyers.schemas import BuyerIn, BuyerOut
from services.consumption.buyers.store import demand_supplier, load_clients
from services.consumption.models import Buyer, BuyerClient
from shared.codes.consumption import BuyerKind
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.registers.commands import Parts, Put, Register, put
from shared.registers.entries import holds
from shared.registers.plain import demand_division
from shared.versions import ExpectedVersion
from shared.words.said import says

_BUYERS, _CLIENTS = table_of(Buyer), table_of(BuyerClient)


def put_buyer(uow: UnitOfWork, code: str, body: BuyerIn, expected: ExpectedVersion | None = None) -> Put[BuyerOut]:
    """Say who a buyer is and which clients order for it. The same again changes nothing.

    Whoever bound it first, and whoever is responsible for a region around theirs, changes it. Raises BuyerInvalid for
    an unknown city, and for a unit that is no budget unit of its own; NotSupplying for a client of a buyer.
    """
    demand_supplier(uow.actor)
    _demand_unit(uow, code, body)
    return put(uow, _REGISTER, code, body, expected)


def _demand_unit(uow: UnitOfWork, code: str, body: BuyerIn) -> None:
    """A buyer counts with a budget unit that counts with no other; a unit with which others count stays one."""
    if body.unit_code is not None:
        unit = uow.session.get(Buyer, body.unit_code, with_for_update={"read": True})
        if unit is None or body.unit_code == code or unit.unit_code or unit.kind is not BuyerKind.BUDGET_UNIT:
            raise BuyerInvalid.at("/unit_code", says("not-a-budget-unit", buyer=body.unit_code))
    if body.kind is BuyerKind.BUDGET_UNIT and body.unit_code is None:
        return
    others = sa.select(_BUYERS.c.code).where(_BUYERS.c.unit_code == code).limit(1)
    if uow.connection.scalar(others) is not None:
        raise BuyerInvalid.at("/kind" if body.unit_code is None else "/unit_code", says("others-count-with-it"))


def _check(_uow: UnitOfWork, body: BuyerIn) -> None:
    if body.city_code is not None:
        demand_division(BuyerInvalid, body.city_code, "/city_code")


def _demand_binder(uow: UnitOfWork, buyer: Buyer) -> None:
    if buyer.bound_in is not None:
        uow.actor.demand_region(buyer.bound_in)


def _fields(uow: UnitOfWork, body: BuyerIn, buyer: Buyer | None) -> dict[str, Any]:
    said = body.model_dump(exclude={"clients", "client_id"})
    if buyer is not None and (
        buyer.bound_in or (holds(buyer, said) and _load_clients(uow, buyer.code) == body.clients)
    ):
        return said
    return said | {"bound_in": uow.actor.regions[0]}


def _load_clients(uow: UnitOfWork, code: str) -> list[str]:
    return load_clients(uow, [code]).get(code, [])


def _said_clients(_uow: UnitOfWork, body: BuyerIn, _before: list[str]) -> list[str]:
    return body.clients


def _write_clients(uow: UnitOfWork, code: str, _before: Sequence[str], clients: Sequence[str]) -> None:
    uow.connection.execute(sa.delete(_CLIENTS).where(_CLIENTS.c.buyer_code == code))
    insert_rows(uow.connection, _CLIENTS, [{"buyer_code": code, "client_id": client} for client in clients])


def _audit_view(buyer: Buyer, clients: Sequence[str]) -> dict[str, Any]:
    """What the audit keeps of a buyer: no name, which may be a person's."""
    said = {name: getattr(buyer, name) for name in ("city_code", "unit_code", "uscc", "bound_in", "version")}
    return {"clients": list(clients), "kind": buyer.kind and str(buyer.kind), **said}


def _log_fields(buyer: Buyer, clients: Sequence[str]) -> dict[str, Any]:
    return {"buyer": buyer.code, "clients": len(clients), "buyer_version": buyer.version}


def _shown(_uow: UnitOfWork, buyer: Buyer, clients: Sequence[str]) -> BuyerOut:
    return BuyerOut.of(buyer, clients)


_REGISTER: Final = Register(
    model=Buyer,
    guard=_demand_binder,
    fields=_fields,
    audit_view=_audit_view,
    log_fields=_log_fields,
    shown=_shown,
    entered="buyer.put",
    changed="buyer.put",
    check=_check,
    parts=Parts(_load_clients, _said_clients, _write_clients),
)
