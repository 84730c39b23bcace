"""The steps of an order as they are kept: who took each, on which side, and when."""

import datetime as dt
from typing import Any, Final

from services.consumption.buyers.rules import BUYING
from shared.codes.consumption import OrderStatus
from shared.db.unit_of_work import UnitOfWork

PLACED: Final = "place"
"""The first step."""


def entry(
    uow: UnitOfWork, at: dt.datetime, action: str, side: str, status: OrderStatus, *, for_buyer: bool, note: str | None
) -> dict[str, Any]:
    """A step that the caller takes; ``side`` is the scope of the side it stands on."""
    return {
        "at": at.isoformat(),
        "action": str(action),
        "by": uow.actor.id,
        "side": "buyer" if side == BUYING else "supply",
        "for_buyer": for_buyer,
        "status": str(status),
        "note": note,
    }
