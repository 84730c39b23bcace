"""Which client orders for which buyer, and on which side of an order a client stands."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from services.consumption.buyers.errors import BuyerOfAnotherClient
from services.consumption.buyers.rules import BUYING, SUPPLYING
from services.consumption.models import Buyer
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.spelling import CodeInOtherSpelling, refuse_other_spelling
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.security.actor import Actor
from shared.words.said import says

_BUYERS = table_of(Buyer)
_SELECT_BUYER_FOR_UPDATE = (
    sa.select(_BUYERS)
    .where(_BUYERS.c.code == sa.bindparam("of_buyer"))
    .order_by(_BUYERS.c.code)
    .with_for_update(key_share=True)
)
_SELECT_CLIENT = sa.select(_BUYERS.c.client_id).where(_BUYERS.c.code == sa.bindparam("of_buyer"))


class Ordering(NamedTuple):
    """Who orders: the scope of the side, and whether the buyer was entered in the register just now."""

    side: str
    entered: bool


def lock_buyer(uow: UnitOfWork, code: str) -> Ordering:
    """Lock the buyer under whose code an order is placed, and return which side places it.

    Of two orders of one buyer the second waits here for the first. A code that a token names, or that the supply side
    orders for, is entered in the register without a client; `stamp_buyer` comes once every lock is had. Raises
    BuyerOfAnotherClient or CodeInOtherSpelling.
    """
    buyer = uow.connection.execute(_SELECT_BUYER_FOR_UPDATE, {"of_buyer": code}).one_or_none()
    side = _placing_side(uow.actor, code, buyer.client_id if buyer else None)
    if buyer is None:
        refuse_other_spelling(uow, _BUYERS.c.code, code)
        if side == BUYING and code not in (uow.actor.buyers or ()):
            raise CodeInOtherSpelling(says("token-spells-buyer-otherwise"))
        row = {"code": code, "name": None, "client_id": None, "bound_in": None, "version": 1}
        insert_rows(uow.connection, _BUYERS, [row | {"updated_at": uow.now()}])
    return Ordering(side, entered=buyer is None)


def stamp_buyer(uow: UnitOfWork, code: str) -> None:
    """Give a buyer its moment in the order of commits."""
    uow.connection.execute(sa.update(_BUYERS).where(_BUYERS.c.code == code).values(updated_at=uow.stamp()))


def _placing_side(actor: Actor, code: str, client_id: str | None) -> str:
    if actor.may(BUYING) and buys(actor, code, client_id):
        return BUYING
    if actor.may(SUPPLYING) and actor.buyers is None:
        return SUPPLYING
    raise BuyerOfAnotherClient(says("client-not-of-buyer", client=actor.id, buyer=code))


def buys(actor: Actor, code: str, client_id: str | None) -> bool:
    """Whether the client orders for the buyer that is bound to ``client_id``: what its token says goes first."""
    if actor.buyers is None:
        return client_id == actor.id
    return code.casefold() in {buyer.casefold() for buyer in actor.buyers}


def bought_for(actor: Actor) -> sa.Select[Any]:
    """The codes of the buyers for which the client orders."""
    if actor.buyers is None:
        return sa.select(_BUYERS.c.code).where(_BUYERS.c.client_id == actor.id)
    return sa.select(_BUYERS.c.code).where(sa.func.lower(_BUYERS.c.code).in_({code.lower() for code in actor.buyers}))


def supplies(actor: Actor, region_code: str) -> bool:
    """Whether the caller stands on the supply side 供应方 of an order in this region."""
    return actor.may(SUPPLYING) and actor.sees(region_code)


def deals_in(reading: Reading, order: Any) -> bool:
    """Whether the caller buys or supplies an order."""
    return supplies(reading.actor, order.region_code) or _buys(reading, order)


def sides_of(reading: Reading, order: Any) -> frozenset[str]:
    """The scopes with which the caller deals in an order: of the buyer, of the supply side, of both, or none."""
    actor = reading.actor
    buying = {BUYING} if actor.may(BUYING) and _buys(reading, order) else set()
    return frozenset(buying | ({SUPPLYING} if supplies(actor, order.region_code) else set()))


def _buys(reading: Reading, order: Any) -> bool:
    if reading.actor.buyers is not None:
        return buys(reading.actor, order.buyer_code, None)
    client_id = reading.connection.scalar(_SELECT_CLIENT, {"of_buyer": order.buyer_code})
    return buys(reading.actor, order.buyer_code, client_id)
