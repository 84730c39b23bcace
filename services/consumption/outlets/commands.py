"""Keeping outlets."""

from typing import Final

from services.consumption.models import Outlet
from services.consumption.outlets.errors import OutletInvalid, OutletNotFound
from services.consumption.outlets.schemas import OutletIn, OutletOut
from shared.db.unit_of_work import UnitOfWork
from shared.registers.commands import Put, put
from shared.registers.entries import owned_by_region
from shared.registers.plain import demand_division, demand_place, plain_register
from shared.versions import ExpectedVersion


def put_outlet(uow: UnitOfWork, code: str, body: OutletIn, expected: ExpectedVersion | None = None) -> Put[OutletOut]:
    """Register an outlet, or make it what ``body`` says. The same again changes nothing."""
    return put(uow, _REGISTER, code, body, expected)


def _check(uow: UnitOfWork, body: OutletIn) -> None:
    demand_place(uow, OutletInvalid, body.region_code)
    demand_division(OutletInvalid, body.place_code, "/place_code")


_REGISTER: Final = plain_register(
    Outlet,
    "outlet",
    OutletOut.of,
    guard=owned_by_region("outlet", OutletNotFound),
    check=_check,
)
