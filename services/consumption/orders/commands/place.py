"""Taking orders: what is ordered is reserved at once, or nothing is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.consumption.agreements.store import demand_agreement
from services.consumption.buyers.rules import BUYING, SUPPLYING
from services.consumption.buyers.store import lock_buyer, stamp_buyer
from services.consumption.listings.errors import ProducerBarred
from services.consumption.listings.store import is_barred
from services.consumption.models import Buyer, Order, OrderLine, OrderShare, Producer, Product
from services.consumption.orders.commands.days import mark_day
from services.consumption.orders.commands.deadlines import ACCEPT_WORKDAYS, confirm_by, owe_within
from services.consumption.orders.commands.transition import tell_placed
from services.consumption.orders.errors import OrderContradicts, OrderInvalid, PriceChanged, QuantityNotSold
from services.consumption.orders.procedure import PLACED
from services.consumption.orders.rules import Link, ProducerShare, Share, line_value
from services.consumption.orders.schemas import LineIn, OrderIn, OrderOut
from services.consumption.orders.store import ORDERS, STEPS, load_lines, show_orders, show_placed
from services.consumption.producers.rules import HouseholdShare
from services.consumption.producers.store import shares_on
from services.consumption.products.errors import NotEnoughStock, ProductNotFound
from services.consumption.products.rules import format_quantity, is_sold
from services.consumption.requests.store import REQUESTS
from services.consumption.slow_sales.store.alerts import demand_incident
from shared.codes.consumption import OrderMode, OrderStatus
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.money import MAX_FEN, format_yuan
from shared.procedures.rows import Taken
from shared.regions import county_of
from shared.words.said import Said, says

_ORDERS, _LINES, _SHARES = table_of(Order), table_of(OrderLine), table_of(OrderShare)
_PRODUCTS, _PRODUCERS = table_of(Product), table_of(Producer)
_BUYERS = table_of(Buyer)
_WISHES = {"deliver_by", "deliver_to", "contact", "invoice_title"}
"""What a buyer may say beside its lines."""
_KIND = {"mode", "way", "agreement_no", "incident_id"}
"""What kind of order it is."""

UPDATE_RESERVED = (
    sa.update(_PRODUCTS)
    .where(_PRODUCTS.c.code == sa.bindparam("of_product"), _PRODUCTS.c.available >= sa.bindparam("taken"))
    .values(available=_PRODUCTS.c.available - sa.bindparam("taken"))
)
"""Takes so much of a product if that much is there: two who ask at once can never have the same stock."""
_SELECT_OFFERS = (
    sa.select(_PRODUCTS, _PRODUCERS.c.region_code, is_barred(_PRODUCTS.c.producer_code).label("barred"))
    .join_from(_PRODUCTS, _PRODUCERS)
    .where(is_one_of(_PRODUCTS.c.code, "codes"))
)
_SELECT_ORDER = sa.select(_ORDERS).where(_ORDERS.c.id == sa.bindparam("of_order"))
_LOCK_BUYERS = (
    sa.select(_BUYERS.c.code)
    .where(is_one_of(_BUYERS.c.code, "codes"))
    .order_by(_BUYERS.c.code)
    .with_for_update(key_share=True)
)
_LOCK_PRODUCTS = (
    sa.select(_PRODUCTS.c.code)
    .where(is_one_of(_PRODUCTS.c.code, "codes"))
    .order_by(_PRODUCTS.c.code)
    .with_for_update(key_share=True)
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


def place_order(uow: UnitOfWork, body: OrderIn, channel: str | None = None) -> PlacedOrder:
    """Take an order and reserve its stock. The same order again is answered as it stands now.

    What was sold through a ``channel`` 渠道 costs what its lines say. The buyer is locked first: of two orders that
    come at once under one number, the second waits there for the first, and then finds it. The moment of the order is
    given once every lock is had.
    """
    side, buyer_entered = lock_buyer(uow, body.buyer_code)
    order_id = derived_id("order", body.buyer_code, body.buyer_order_no)
    kept = uow.connection.execute(_SELECT_ORDER, {"of_order": order_id}).one_or_none()
    if kept is not None:
        _demand_same(uow, kept, body)
        return PlacedOrder(show_orders(uow, [kept])[0], created=False)
    if body.deliver_by is not None and body.deliver_by < uow.today():
        raise OrderInvalid.at("/deliver_by", says("in-the-past"))
    offers = _offers(uow, body.lines, side, told=channel is not None)
    tree = _tree(uow, _sellers(offers))
    _demand_covered(uow, body, offers[0].region_code)
    _reserve(uow, body.lines)
    asker = _accept_request(uow, body.request_id, side, _households(tree))
    order = _write_order(uow, order_id, body, asker, offers[0].region_code, channel)
    if buyer_entered:
        stamp_buyer(uow, body.buyer_code)
    placed = _write_first_step(uow, order, side)
    lines = _write_lines(uow, order_id, body.lines, offers, told=channel is not None)
    _write_tree(uow, order_id, tree)
    mark_day(uow, order)
    shown = show_placed(uow, order, lines, placed)
    if order.status is OrderStatus.PLACED:
        tell_placed(uow, order, [(line.price, line.quantity) for line in lines])
    after = {"status": str(order.status), "lines": len(shown.lines), "total": format_yuan(shown.total)}
    uow.record("order.placed", order_id, {"buyer": body.buyer_code, "lines": len(shown.lines)}, after=after)
    return PlacedOrder(shown, created=True)


def lock_offers(uow: UnitOfWork, orders: Sequence[OrderIn]) -> None:
    """Lock what several orders of one transaction will lock: all buyers and then all products, each in order."""
    uow.connection.execute(_LOCK_BUYERS, {"codes": sorted({order.buyer_code for order in orders})})
    products = {line.product_code for order in orders for line in order.lines}
    uow.connection.execute(_LOCK_PRODUCTS, {"codes": sorted(products)})


def _demand_same(uow: UnitOfWork, kept: sa.Row[Any], body: OrderIn) -> None:
    lines = load_lines(uow, [kept.id])
    before = [(line.product_code, line.quantity) for line in lines]
    sent = [(line.product_code, line.quantity) for line in body.lines]
    said = _WISHES | _KIND
    wished = {name: getattr(kept, name) for name in said} | {"contact": ORDERS.text(uow, "contact", kept)}
    wishes = (wished, kept.request_id)
    same = (wishes, before) == ((body.model_dump(include=said), body.request_id), sent)
    if not same or any(line.price not in {None, had.price} for line, had in zip(body.lines, lines, strict=True)):
        used = says("order-number-used", number=body.buyer_order_no, buyer=body.buyer_code)
        raise OrderContradicts(used, order_id=str(kept.id))


def _offers(uow: UnitOfWork, lines: Sequence[LineIn], side: str, *, told: bool) -> list[sa.Row[Any]]:
    """The product behind each line as it is offered now. All come from one county.

    Buyers order wherever something is offered, the supply side where it is responsible. What was sold elsewhere is
    ``told`` with its price.
    """
    codes = [line.product_code for line in lines]
    known = {row.code: row for row in uow.connection.execute(_SELECT_OFFERS, {"codes": codes, "on": uow.today()})}
    for line_no, line in enumerate(lines, 1):
        offer = known.get(line.product_code)
        if offer is None:
            said = says("no-such-product", product=line.product_code)
            raise ProductNotFound(said, line_no=line_no, product_code=line.product_code)
        if side == SUPPLYING:
            uow.actor.demand_region(offer.region_code)
        if not told:
            _demand_as_seen(line_no, line, offer)
    offers = [known[line.product_code] for line in lines]
    for index, offer in enumerate(offers):
        if county_of(offer.region_code) != county_of(offers[0].region_code):
            raise OrderInvalid.at(f"/lines/{index}/product_code", says("producer-in-another-county"))
    prices = [_price(line, offer, told=told) for line, offer in zip(lines, offers, strict=True)]
    if sum(line_value(price, line.quantity) for price, line in zip(prices, lines, strict=True)) > MAX_FEN:
        raise OrderInvalid.at("/lines", says("value-too-large"))
    return offers


def _price(line: LineIn, offer: sa.Row[Any], *, told: bool) -> int:
    price: int = line.price if told and line.price is not None else offer.price
    return price


def _demand_as_seen(line_no: int, line: LineIn, offer: sa.Row[Any]) -> None:
    """Refuse another price than the buyer saw, and a quantity in which the product is not sold."""
    named: dict[str, Any] = {"line_no": line_no, "product_code": line.product_code}
    if line.price not in {None, offer.price}:
        seen, price = format_yuan(line.price or 0), format_yuan(offer.price)
        said = says("line-costs-something-else", line=line_no, product=line.product_code, seen=seen, price=price)
        raise PriceChanged(said, **named, seen=seen, price=price)
    if not is_sold(line.quantity, offer.minimum, offer.step):
        minimum, step = (part and format_quantity(part) for part in (offer.minimum, offer.step))
        said = _sold_how(line_no, offer, minimum or step, step)
        raise QuantityNotSold(said, **named, minimum=minimum, step=step)


def _sold_how(line_no: int, offer: sa.Row[Any], least: str, step: str | None) -> Said:
    sold = {"line": line_no, "product": offer.code, "least": least, "unit": offer.unit}
    return says("line-sold-in-steps", **sold, step=step) if step else says("line-sold-from", **sold)


def _sellers(offers: Sequence[sa.Row[Any]]) -> list[str]:
    """The producers of these products, by code. Raises ProducerBarred for one on the black list 黑名单."""
    if barred := sorted({offer.producer_code for offer in offers if offer.barred}):
        raise ProducerBarred(says("producers-are-barred", producers=barred), producer_codes=barred)
    return sorted({offer.producer_code for offer in offers})


def _demand_covered(uow: UnitOfWork, body: OrderIn, region_code: str) -> None:
    """Refuse an agreement 协议 that is not the buyer's or does not cover the order, and a slow sale of elsewhere."""
    if body.agreement_no is not None:
        bought = {"buyer_code": body.buyer_code, "region_code": region_code}
        demand_agreement(uow, body.agreement_no, **bought, way=body.way, on=uow.today())
    if body.incident_id is not None:
        demand_incident(uow, body.incident_id, region_code)


def _tree(uow: UnitOfWork, producer_codes: Sequence[str]) -> Mapping[str, list[Link]]:
    """The shares in what each of these producers sells, and in what a cooperative gets of it, as they are today."""
    tree: dict[str, list[Link]] = {}
    for giver, shares in shares_on(uow, producer_codes, uow.today()).items():
        linked = [ProducerShare(each.cooperative_code, each.share) for each in shares.cooperatives]
        tree[giver] = [*_to_households(shares.households), *linked]
        tree |= {each.cooperative_code: _to_households(each.households) for each in shares.cooperatives}
    return tree


def _to_households(shares: Iterable[HouseholdShare]) -> list[Link]:
    return [Share(*share) for share in shares]


def _households(tree: Mapping[str, Sequence[Link]]) -> set[str]:
    """The households behind all of it."""
    return {link.household_code for links in tree.values() for link in links if isinstance(link, Share)}


def _write_order(
    uow: UnitOfWork, order_id: UUID, body: OrderIn, asker: _Asker, region_code: str, channel: str | None
) -> Any:
    """Write the order; returned is its row, by the names of its columns."""
    now = uow.stamp()
    is_pre = body.mode is OrderMode.PRE
    order = SimpleNamespace(
        id=order_id,
        buyer_code=body.buyer_code,
        buyer_order_no=body.buyer_order_no,
        placed_by=uow.actor.id,
        region_code=region_code,
        status=OrderStatus.PRE_ORDERED if is_pre else OrderStatus.PLACED,
        request_id=asker.request_id,
        request_household=asker.household_code,
        correlation_id=asker.correlation_id,
        placed_at=now,
        updated_at=now,
        settled_on=None,
        version=1,
        channel=channel,
        confirm_by=confirm_by(uow, region_code) if is_pre else None,
        due_on=None,
        due_provisional=False,
        overdue_of=None,
        closes_on=None,
        **body.model_dump(include=_KIND),
        **_wishes(uow, order_id, body),
    )
    if not is_pre:
        owe_within(uow, order, ACCEPT_WORKDAYS)
    insert_rows(uow.connection, _ORDERS, [vars(order)])
    return order


def _wishes(uow: UnitOfWork, order_id: UUID, body: OrderIn) -> dict[str, Any]:
    [row] = ORDERS.seal(uow, [{"id": order_id, **body.model_dump(include=_WISHES)}])
    return {name: row[name] for name in _WISHES}


def _write_first_step(uow: UnitOfWork, order: Any, side: str) -> Taken:
    """The history of an order begins with its placing; the supply side stands in for the buyer."""
    placed = Taken(
        thing_id=order.id,
        step_no=order.version,
        at=order.placed_at,
        action=PLACED,
        status=str(order.status),
        taken_by=uow.actor.id,
        side=side,
        stands_in=side == SUPPLYING,
    )
    STEPS.write(uow, [placed])
    return placed


def _write_lines(
    uow: UnitOfWork, order_id: UUID, sent: Sequence[LineIn], offers: Sequence[sa.Row[Any]], *, told: bool
) -> list[Any]:
    """Write the lines: the products as they are offered now. Returned are their rows."""
    lines = [
        SimpleNamespace(
            order_id=order_id,
            line_no=line_no,
            product_code=offer.code,
            producer_code=offer.producer_code,
            name=offer.name,
            unit=offer.unit,
            specification=offer.specification,
            price=_price(line, offer, told=told),
            quantity=line.quantity,
            short=0,
            agreed_price=None,
        )
        for line_no, (line, offer) in enumerate(zip(sent, offers, strict=True), 1)
    ]
    insert_rows(uow.connection, _LINES, list(map(vars, lines)))
    return lines


def _write_tree(uow: UnitOfWork, order_id: UUID, tree: Mapping[str, Sequence[Link]]) -> None:
    """Freeze who has a part in what the producers of the order sell."""
    rows = [
        {
            "order_id": order_id,
            "giver_code": giver,
            "link_no": link_no,
            "household_code": link.household_code if isinstance(link, Share) else None,
            "producer_code": None if isinstance(link, Share) else link.producer_code,
            "branch": link.branch if isinstance(link, Share) else None,
            "share": link.share,
        }
        for giver, links in tree.items()
        for link_no, link in enumerate(links, 1)
    ]
    insert_rows(uow.connection, _SHARES, rows)


def _accept_request(uow: UnitOfWork, request_id: UUID | None, side: str, household_codes: set[str]) -> _Asker:
    """The request is for one of the households behind the lines; the supply side answers those of its region."""
    if request_id is None:
        return _Asker(None, None, uow.context.correlation_id)
    request = REQUESTS.accept(uow, request_id, household_codes, anywhere=side == BUYING)
    return _Asker(request_id, request.household_code, request.correlation_id)


def _reserve(uow: UnitOfWork, lines: Sequence[LineIn]) -> None:
    """Take the stock of every line, in the order of the products so that orders never wait for each other in a ring."""
    for line_no, line in sorted(enumerate(lines, 1), key=lambda numbered: numbered[1].product_code):
        wanted = {"of_product": line.product_code, "taken": line.quantity}
        if uow.connection.execute(UPDATE_RESERVED, wanted).rowcount:
            continue
        left = sa.select(_PRODUCTS.c.available).where(_PRODUCTS.c.code == line.product_code)
        available = format_quantity(uow.connection.scalars(left).one())
        quantity = format_quantity(line.quantity)
        said = says(
            "line-asks-for-more", line=line_no, quantity=quantity, product=line.product_code, available=available
        )
        raise NotEnoughStock(said, line_no=line_no, product_code=line.product_code, available=available)
