"""Keeping fairs."""

from typing import Final

from services.consumption.fairs.errors import FairInvalid, FairNotFound
from services.consumption.fairs.schemas import FairIn, FairOut
from services.consumption.models import Fair
from shared.db.unit_of_work import UnitOfWork
from shared.registers.commands import Put, put
from shared.registers.entries import owned_by_region
from shared.registers.plain import demand_division, demand_place, plain_register
from shared.versions import ExpectedVersion


def put_fair(uow: UnitOfWork, code: str, body: FairIn, expected: ExpectedVersion | None = None) -> Put[FairOut]:
    """Register a fair, or make it what ``body`` says. The same again changes nothing."""
    return put(uow, _REGISTER, code, body, expected)


def _check(uow: UnitOfWork, body: FairIn) -> None:
    demand_place(uow, FairInvalid, body.region_code, wide=True)
    demand_division(FairInvalid, body.place_code, "/place_code")


_REGISTER: Final = plain_register(
    Fair,
    "fair",
    FairOut.of,
    guard=owned_by_region("fair", FairNotFound),
    check=_check,
)
