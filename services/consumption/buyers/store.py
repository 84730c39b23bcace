"""Which client orders for which buyer, and on which side of an order a client stands."""

from collections import defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.consumption.buyers.errors import BuyerNotFound, BuyerOfAnotherClient, NotSupplying
from services.consumption.buyers.rules import BUYING, SUPPLYING
from services.consumption.models import Buyer, BuyerClient
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.spelling import CodeInOtherSpelling, refuse_other_spelling
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.security.actor import Actor
from shared.words.said import says

_BUYERS, _CLIENTS = table_of(Buyer), table_of(BuyerClient)
_SELECT_BUYER_FOR_UPDATE = (
    sa.select(_BUYERS)
    .where(_BUYERS.c.code == sa.bindparam("of_buyer"))
    .order_by(_BUYERS.c.code)
    .with_for_update(key_share=True)
)
_SELECT_CLIENTS = (
    sa.select(_CLIENTS)
    .where(is_one_of(_CLIENTS.c.buyer_code, "codes"))
    .order_by(_CLIENTS.c.buyer_code, _CLIENTS.c.client_id)
)


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
    side = _placing_side(uow, code)
    if buyer is None:
        refuse_other_spelling(uow, _BUYERS.c.code, code)
        if side == BUYING and code not in (uow.actor.buyers or ()):
            raise CodeInOtherSpelling(says("token-spells-buyer-otherwise"))
        unsaid = dict.fromkeys(("name", "kind", "city_code", "unit_code", "uscc", "bound_in"))
        insert_rows(uow.connection, _BUYERS, [{"code": code, **unsaid, "version": 1, "updated_at": uow.now()}])
    return Ordering(side, entered=buyer is None)


def stamp_buyer(uow: UnitOfWork, code: str) -> None:
    """Give a buyer its moment in the order of commits."""
    uow.connection.execute(sa.update(_BUYERS).where(_BUYERS.c.code == code).values(updated_at=uow.stamp()))


def load_clients(reading: Reading, codes: Collection[str]) -> Mapping[str, list[str]]:
    """The clients that are bound to each of these buyers, by their names; a buyer without one is left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in reading.connection.execute(_SELECT_CLIENTS, {"codes": list(codes)}):
        found[row.buyer_code].append(row.client_id)
    return found


def find_buyer(reading: Reading, code: str) -> sa.Row[Any]:
    """The row of a buyer for whoever orders for it, or supplies. Raises BuyerNotFound for everybody else too."""
    row = reading.connection.execute(sa.select(_BUYERS).where(_BUYERS.c.code == code)).one_or_none()
    if row is None or not deals_with(reading, code):
        raise BuyerNotFound(says("no-such-buyer", buyer=code))
    return row


def deals_with(reading: Reading, code: str) -> bool:
    """Whether the caller orders for a buyer, or stands on the supply side."""
    return is_supplier(reading.actor) or buys_for(reading, code)


def demand_yours(reading: Reading, code: str) -> None:
    """Raise BuyerOfAnotherClient unless the caller orders for the buyer, or supplies."""
    if not deals_with(reading, code):
        raise BuyerOfAnotherClient(says("client-not-of-buyer", client=reading.actor.id, buyer=code))


def _placing_side(uow: UnitOfWork, code: str) -> str:
    if uow.actor.may(BUYING) and buys_for(uow, code):
        return BUYING
    if is_supplier(uow.actor):
        return SUPPLYING
    raise BuyerOfAnotherClient(says("client-not-of-buyer", client=uow.actor.id, buyer=code))


def buys_for(reading: Reading, code: str) -> bool:
    """Whether the client orders for a buyer: what its token says goes first, then who is bound to it."""
    clients = load_clients(reading, [code]).get(code, ()) if reading.actor.buyers is None else ()
    return _is_client(reading.actor, code, clients)


def _is_client(actor: Actor, code: str, clients: Container[str]) -> bool:
    if actor.buyers is None:
        return actor.id in clients
    return code.casefold() in {buyer.casefold() for buyer in actor.buyers}


def spoken_for(reading: Reading, codes: Collection[str]) -> frozenset[str]:
    """Those of these buyers for whom the caller speaks: it orders for them, or is responsible where they were bound.

    Whoever supplies speaks for a buyer that nobody has bound.
    """
    actor, clients = reading.actor, load_clients(reading, codes)
    found = sa.select(_BUYERS.c.code, _BUYERS.c.bound_in).where(is_one_of(_BUYERS.c.code, "codes"))
    return frozenset(
        row.code
        for row in reading.connection.execute(found, {"codes": [*codes]})
        if row.bound_in is None or actor.sees(row.bound_in) or _is_client(actor, row.code, clients.get(row.code, ()))
    )


def demand_spoken_for(reading: Reading, code: str) -> None:
    """Raise BuyerOfAnotherClient unless the caller speaks for the buyer."""
    if code not in spoken_for(reading, [code]):
        raise BuyerOfAnotherClient(says("client-not-of-buyer", client=reading.actor.id, buyer=code))


def bought_for(actor: Actor) -> sa.Select[Any]:
    """The codes of the buyers for which the client orders."""
    if actor.buyers is None:
        return sa.select(_CLIENTS.c.buyer_code).where(_CLIENTS.c.client_id == actor.id)
    return sa.select(_BUYERS.c.code).where(sa.func.lower(_BUYERS.c.code).in_({code.lower() for code in actor.buyers}))


def counting_with(reading: Reading, unit_code: str) -> Sequence[sa.Row[Any]]:
    """A budget unit, and the buyers that count with it, by code."""
    those = (_BUYERS.c.code == unit_code) | (_BUYERS.c.unit_code == unit_code)
    return reading.connection.execute(sa.select(_BUYERS).where(those).order_by(_BUYERS.c.code)).all()


def is_supplier(actor: Actor) -> bool:
    """Whether the caller stands on the supply side 供应方 anywhere: a client whose token names buyers never does."""
    return actor.may(SUPPLYING) and actor.buyers is None


def demand_supplier(actor: Actor) -> None:
    """Raise NotSupplying where the caller may not stand on the supply side."""
    if not is_supplier(actor):
        raise NotSupplying(says("client-of-a-buyer", client=actor.id))


def supplied_regions(actor: Actor) -> tuple[str, ...]:
    """The regions on whose supply side the caller stands."""
    return actor.regions if is_supplier(actor) else ()


def supplies(actor: Actor, region_code: str) -> bool:
    """Whether the caller stands on the supply side of an order in this region."""
    return is_supplier(actor) and actor.sees(region_code)


def deals_in(reading: Reading, order: Any) -> bool:
    """Whether the caller buys or supplies an order."""
    return supplies(reading.actor, order.region_code) or buys_for(reading, order.buyer_code)


def sides_of(reading: Reading, order: Any) -> frozenset[str]:
    """The scopes with which the caller deals in an order: of the buyer, of the supply side, of both, or none."""
    actor = reading.actor
    buying = {BUYING} if actor.may(BUYING) and buys_for(reading, order.buyer_code) else set()
    return frozenset(buying | ({SUPPLYING} if supplies(actor, order.region_code) else set()))
