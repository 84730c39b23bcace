"""Taking orders: what is ordered is reserved at once, or nothing is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.consumption.commands.documents import lines_of, show_orders
from services.consumption.errors import (
    BuyerOfAnotherClient,
    NotEnoughStock,
    OrderContradicts,
    OrderInvalid,
    ProductNotFound,
)
from services.consumption.models import REQUESTS, Buyer, LineShare, Order, OrderLine, Producer, ProducerLink, Product
from services.consumption.rules import format_quantity, line_value
from services.consumption.schemas import LineIn, OrderIn, OrderOut
from shared.contracts.codes import OrderStatus
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.money import MAX_FEN, format_yuan

_BUYERS, _ORDERS, _LINES, _SHARES = table_of(Buyer), table_of(Order), table_of(OrderLine), table_of(LineShare)
_PRODUCTS, _PRODUCERS, _LINKS = table_of(Product), table_of(Producer), table_of(ProducerLink)
_COUNTY_DIGITS = 6

RESERVE = (
    sa.update(_PRODUCTS)
    .where(_PRODUCTS.c.code == sa.bindparam("of_product"), _PRODUCTS.c.available >= sa.bindparam("taken"))
    .values(available=_PRODUCTS.c.available - sa.bindparam("taken"))
)
"""Takes so much of a product if that much is there: two who ask at once can never have the same stock."""
_OFFERS = (
    sa.select(_PRODUCTS.c.code, _PRODUCTS.c.producer_code, _PRODUCTS.c.price, _PRODUCERS.c.region_code)
    .join_from(_PRODUCTS, _PRODUCERS)
    .where(is_one_of(_PRODUCTS.c.code, "codes"))
)
_LINKS_OF = (
    sa.select(_LINKS)
    .where(is_one_of(_LINKS.c.producer_code, "codes"))
    .order_by(_LINKS.c.producer_code, _LINKS.c.household_code, _LINKS.c.branch)
)


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order after it was sent, and whether it is new."""

    order: OrderOut
    created: bool


class _Asker(NamedTuple):
    """What an order answers: the measure, its household, and the chain it belongs to."""

    request_id: UUID | None
    household_code: str | None
    correlation_id: str


def place_order(uow: UnitOfWork, body: OrderIn) -> PlacedOrder:
    """Take a buyer's order and reserve its stock. The same order again is answered as it stands now.

    The order is written before its stock is taken: of two that come at once under one number, the second waits here
    for the first, and then finds it.
    """
    order_id = derived_id("order", body.buyer_code, body.buyer_order_no)
    _claim_buyer(uow, body.buyer_code)
    kept = uow.session.get(Order, order_id)
    if kept is not None:
        _demand_same(uow, kept, body)
        return PlacedOrder(show_orders(uow, [kept])[0], created=False)
    offers = _offers(uow, body.lines)
    links = _links(uow, sorted({offer.producer_code for offer in offers}))
    order = _write_order(uow, order_id, body, offers[0].region_code, links)
    _reserve(uow, body.lines)
    _write_lines(uow, order_id, body.lines, offers, links)
    shown = show_orders(uow, [order])[0]
    after = {"status": str(order.status), "lines": len(shown.lines), "total": format_yuan(shown.total)}
    uow.audit("order.placed", str(order_id), after=after)
    uow.note("order.placed", order_id=str(order_id), buyer=body.buyer_code, lines=len(shown.lines))
    return PlacedOrder(shown, created=True)


def _claim_buyer(uow: UnitOfWork, code: str) -> None:
    owner = uow.connection.scalar(sa.select(_BUYERS.c.client_id).where(_BUYERS.c.code == code))
    if owner is None:
        insert_rows(uow.connection, _BUYERS, [{"code": code, "client_id": uow.actor.id}])
    elif owner != uow.actor.id:
        raise BuyerOfAnotherClient(f"the buyer {code} orders through another client")


def _demand_same(uow: UnitOfWork, kept: Order, body: OrderIn) -> None:
    before = [(line.product_code, line.quantity) for line in lines_of(uow, [kept.id])]
    sent = [(line.product_code, line.quantity) for line in body.lines]
    if (kept.request_id, before) != (body.request_id, sent):
        number = f"{body.buyer_order_no} of the buyer {body.buyer_code}"
        raise OrderContradicts(f"the number {number} was used for another content", order_id=str(kept.id))


def _offers(uow: UnitOfWork, lines: Sequence[LineIn]) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """The product behind each line, with its price and region. All come from one county."""
    rows = uow.connection.execute(_OFFERS, {"codes": [line.product_code for line in lines]})
    known = {row.code: row for row in rows if uow.actor.sees(row.region_code)}
    for line_no, line in enumerate(lines, 1):
        if line.product_code not in known:
            detail = f"no product {line.product_code} in region {uow.actor.place}"
            raise ProductNotFound(detail, line_no=line_no, product_code=line.product_code)
    offers = [known[line.product_code] for line in lines]
    for index, offer in enumerate(offers):
        if offer.region_code[:_COUNTY_DIGITS] != offers[0].region_code[:_COUNTY_DIGITS]:
            raise OrderInvalid.at(
                f"/lines/{index}/product_code", "its producer is in another county than that of line 1"
            )
    if sum(line_value(offer.price, line.quantity) for offer, line in zip(offers, lines, strict=True)) > MAX_FEN:
        raise OrderInvalid.at("/lines", "their value is more than an amount can be")
    return offers


def _links(uow: UnitOfWork, producer_codes: Sequence[str]) -> Mapping[str, list[sa.Row[Any]]]:
    found: dict[str, list[sa.Row[Any]]] = defaultdict(list)
    for link in uow.connection.execute(_LINKS_OF, {"codes": producer_codes}):
        found[link.producer_code].append(link)
    return found


def _write_order(
    uow: UnitOfWork, order_id: UUID, body: OrderIn, region_code: str, links: Mapping[str, Sequence[sa.Row[Any]]]
) -> Order:
    asker = _accept_request(uow, body.request_id, sorted({link.household_code for of in links.values() for link in of}))
    now = uow.now()
    order = Order(
        id=order_id,
        buyer_code=body.buyer_code,
        buyer_order_no=body.buyer_order_no,
        placed_by=uow.actor.id,
        region_code=region_code,
        status=OrderStatus.PLACED,
        request_id=asker.request_id,
        request_household=asker.household_code,
        correlation_id=asker.correlation_id,
        placed_at=now,
        updated_at=now,
        settled_on=None,
    )
    insert_rows(uow.connection, _ORDERS, [order.model_dump()])
    return order


def _write_lines(
    uow: UnitOfWork,
    order_id: UUID,
    sent: Sequence[LineIn],
    offers: Sequence[sa.Row[Any]],
    links: Mapping[str, Sequence[sa.Row[Any]]],
) -> None:
    """Write the lines and their shares: after the stock is taken, because a line holds on to its product's row."""
    lines = [
        {
            "order_id": order_id,
            "line_no": line_no,
            "product_code": offer.code,
            "producer_code": offer.producer_code,
            "price": offer.price,
            "quantity": line.quantity,
        }
        for line_no, (line, offer) in enumerate(zip(sent, offers, strict=True), 1)
    ]
    insert_rows(uow.connection, _LINES, lines)
    shares = [
        {
            "order_id": order_id,
            "line_no": line["line_no"],
            "household_code": link.household_code,
            "branch": link.branch,
            "share": link.share,
        }
        for line in lines
        for link in links[line["producer_code"]]
    ]
    insert_rows(uow.connection, _SHARES, shares)


def _accept_request(uow: UnitOfWork, request_id: UUID | None, household_codes: Sequence[str]) -> _Asker:
    """The request is for one of the households behind the lines."""
    if request_id is None:
        return _Asker(None, None, uow.context.correlation_id)
    request = REQUESTS.accept(uow, request_id, household_codes)
    return _Asker(request_id, request.household_code, request.correlation_id)


def _reserve(uow: UnitOfWork, lines: Sequence[LineIn]) -> None:
    """Take the stock of every line, in the order of the products so that orders never wait for each other in a ring."""
    for line_no, line in sorted(enumerate(lines, 1), key=lambda numbered: numbered[1].product_code):
        wanted = {"of_product": line.product_code, "taken": line.quantity}
        if uow.connection.execute(RESERVE, wanted).rowcount:
            continue
        left = sa.select(_PRODUCTS.c.available).where(_PRODUCTS.c.code == line.product_code)
        available = format_quantity(uow.connection.scalars(left).one())
        detail = (
            f"line {line_no} asks for {format_quantity(line.quantity)} of {line.product_code}; there is {available}"
        )
        raise NotEnoughStock(detail, line_no=line_no, product_code=line.product_code, available=available)
