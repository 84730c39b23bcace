"""Keeping commodities."""

from typing import Any, Final

from services.consumption.commodities.schemas import CommodityIn, CommodityOut
from services.consumption.models import Commodity
from shared.db.unit_of_work import UnitOfWork
from shared.registers.commands import Put, put
from shared.registers.plain import plain_register
from shared.versions import ExpectedVersion


def put_commodity(
    uow: UnitOfWork, code: str, body: CommodityIn, expected: ExpectedVersion | None = None
) -> Put[CommodityOut]:
    """Register a commodity, or make it what ``body`` says. The same again changes nothing.

    Whoever entered it, and whoever is responsible for a region around theirs, changes it.
    """
    return put(uow, _REGISTER, code, body, expected)


def _demand_keeper(uow: UnitOfWork, commodity: Commodity) -> None:
    uow.actor.demand_region(commodity.kept_in)


def _fields(uow: UnitOfWork, body: CommodityIn, commodity: Commodity | None) -> dict[str, Any]:
    kept_in = uow.actor.regions[0] if commodity is None else commodity.kept_in
    return body.model_dump() | {"kept_in": kept_in}


_REGISTER: Final = plain_register(
    Commodity, "commodity", CommodityOut.of, guard=_demand_keeper, fields=_fields, personal=()
)
