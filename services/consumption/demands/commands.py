"""Taking demands, and making orders of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.consumption.buyers.rules import BUYING
from services.consumption.buyers.store import demand_spoken_for, lock_buyer, stamp_buyer
from services.consumption.commodities.errors import CommodityNotFound
from services.consumption.demands.errors import DemandContradicts, DemandInvalid, NothingToPropose
from services.consumption.demands.procedure import TRANSITIONS
from services.consumption.demands.rules import propose
from services.consumption.demands.schemas import DemandIn, DemandLineIn, DemandOut, DemandTransitionIn
from services.consumption.demands.store import STEPS, find_demand, load_offers, show_demands, wanted_of
from services.consumption.models import Commodity, Demand, DemandOrder
from services.consumption.orders.commands.place import lock_offers, place_order
from services.consumption.orders.schemas import LineIn, OrderIn
from services.consumption.products.rules import format_quantity
from shared.codes.consumption import DemandAction, DemandStatus
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.procedures.rows import Taken
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
from shared.regions import county_of
from shared.words.said import says

PLACED: Final = "place"
"""提出需求: how the history of a demand begins."""
_ORDERS = table_of(DemandOrder)


@dataclass(frozen=True, slots=True)
class PlacedDemand:
    """A demand after it was sent, and whether it is new."""

    demand: DemandOut
    created: bool


def place_demand(uow: UnitOfWork, body: DemandIn) -> PlacedDemand:
    """Take a demand. The same again is answered as it stands now.

    Raises:
        BuyerOfAnotherClient: the caller does not order for the buyer, nor is responsible where it was bound.
        CommodityNotFound: nobody has registered the commodity.
        DemandContradicts: the buyer used the number for another demand.
        DemandInvalid: it was wanted in the past.
    """
    side, entered = lock_buyer(uow, body.buyer_code)
    demand_spoken_for(uow, body.buyer_code)
    demand_id = derived_id("demand", body.buyer_code, body.demand_no)
    kept = uow.session.get(Demand, demand_id)
    if kept is not None:
        _demand_same(kept, body)
        return PlacedDemand(_show(uow, kept), created=False)
    if body.deliver_by < uow.today():
        raise DemandInvalid.at("/deliver_by", says("in-the-past"))
    if uow.session.get(Commodity, body.commodity_code) is None:
        raise CommodityNotFound(says("no-such-commodity", commodity=body.commodity_code))
    demand = _write(uow, demand_id, body, side)
    if entered:
        stamp_buyer(uow, body.buyer_code)
    uow.record("demand.placed", demand_id, {"buyer": body.buyer_code}, after=_said(demand))
    return PlacedDemand(_show(uow, demand), created=True)


def transition_demand(uow: UnitOfWork, demand_id: UUID, body: DemandTransitionIn) -> DemandOut:
    """Make orders of a demand, of what is proposed or otherwise, an order a county; or close it.

    Raises:
        DemandNotFound: there is none that the caller may see.
        TransitionNotAllowed: it was answered already, or the caller is not of the supply side.
        BuyerOfAnotherClient: it would be closed by whoever does not speak for the buyer.
        NothingToPropose: no product of the caller's region answers it.
        DemandInvalid: a line names a product of another commodity or region.
        NotEnoughStock: what was left meanwhile is less; nothing is ordered then.
    """
    find_demand(uow, demand_id)
    demand = uow.session.get_one(Demand, demand_id, with_for_update=True)
    asked = Asked(action=body.action, region_code="", caller=Caller(uow.actor.scopes, 0), note=body.note)
    _TAKER.take(uow, demand, asked, lambda: _follow(uow, demand, body))
    return _show(uow, demand)


def _follow(uow: UnitOfWork, demand: Demand, body: DemandTransitionIn) -> dict[str, Any]:
    row = demand.model_dump()
    match body.action:
        case DemandAction.ADOPT:
            proposal = propose(wanted_of(row), load_offers(uow, row))
            if not proposal.lines:
                raise NothingToPropose(says("no-product-answers", commodity=demand.commodity_code))
            chosen = [(line.offer.region_code, line.offer.product_code, line.quantity) for line in proposal.lines]
            return _order(uow, demand, chosen)
        case DemandAction.OVERRULE:
            return _order(uow, demand, _otherwise(uow, row, body.lines or []))
        case DemandAction.CLOSE:
            demand_spoken_for(uow, demand.buyer_code)
            return {}


def _otherwise(uow: UnitOfWork, row: Mapping[Any, Any], lines: Sequence[DemandLineIn]) -> list[tuple[str, str, int]]:
    offered = {offer.product_code: offer.region_code for offer in load_offers(uow, row)}
    for place, line in enumerate(lines):
        if line.product_code not in offered:
            raise DemandInvalid.at(f"/lines/{place}/product_code", says("product-of-something-else"))
    return [(offered[line.product_code], line.product_code, line.quantity) for line in lines]


def _order(uow: UnitOfWork, demand: Demand, chosen: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    """Place an order for each county; what the audit says of it."""
    by_county: dict[str, list[LineIn]] = defaultdict(list)
    for region_code, product_code, quantity in chosen:
        line = LineIn.model_validate({"product_code": product_code, "quantity": format_quantity(quantity)})
        by_county[county_of(region_code)].append(line)
    orders = [
        OrderIn(
            buyer_code=demand.buyer_code,
            buyer_order_no=f"{demand.demand_no}/{county}",
            lines=lines,
            deliver_by=demand.deliver_by,
        )
        for county, lines in sorted(by_county.items())
    ]
    lock_offers(uow, orders)
    placed = [place_order(uow, order).order.order_id for order in orders]
    insert_rows(uow.connection, _ORDERS, [{"demand_id": demand.id, "order_id": order_id} for order_id in placed])
    return {"orders": [str(order_id) for order_id in placed]}


def _demand_same(kept: Demand, body: DemandIn) -> None:
    said = body.model_dump()
    if kept.model_dump(include=set(said)) != said:
        used = says("demand-number-used", number=body.demand_no, buyer=body.buyer_code)
        raise DemandContradicts(used, demand_id=str(kept.id))


def _write(uow: UnitOfWork, demand_id: UUID, body: DemandIn, side: str) -> Demand:
    now = uow.stamp()
    demand = Demand(
        id=demand_id,
        status=DemandStatus.OPEN,
        placed_by=uow.actor.id,
        placed_at=now,
        updated_at=now,
        version=1,
        **body.model_dump(),
    )
    uow.session.add(demand)
    uow.session.flush()  # flush: its first step comes after its row
    placed = Taken(
        thing_id=demand_id,
        step_no=demand.version,
        at=now,
        action=PLACED,
        status=str(demand.status),
        taken_by=uow.actor.id,
        side=side,
        stands_in=side != BUYING,
    )
    STEPS.write(uow, [placed])
    return demand


def _show(uow: UnitOfWork, demand: Demand) -> DemandOut:
    return show_demands(uow, [demand.model_dump()])[0]


def _said(demand: Demand) -> dict[str, Any]:
    return {"status": str(demand.status), "commodity_code": demand.commodity_code}


_TAKER = Taker(TRANSITIONS, STEPS, _said)
