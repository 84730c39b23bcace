"""Rows of demands, and the products that could answer one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.consumption.batches.rules.freshness import fresh_until
from services.consumption.buyers.store import bought_for, is_supplier, spoken_for
from services.consumption.demands.errors import DemandNotFound
from services.consumption.demands.procedure import TRANSITIONS
from services.consumption.demands.rules import Needs, Offer, Wanted
from services.consumption.demands.schemas import DemandOut
from services.consumption.listings.store import barred_on
from services.consumption.models import PROCEDURE_STEP, Batch, Demand, DemandOrder
from services.consumption.producers.store import shares_on
from services.consumption.products.store import PRODUCTS, select_products
from services.consumption.requests.store import REQUESTS
from shared.codes.consumption import DemandAction
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.db.within import lies_in
from shared.procedures.rows import Steps
from shared.procedures.showing import with_steps
from shared.words.said import says

STEPS: Final = Steps(PROCEDURE_STEP, "demand")
DEMANDS: Final = table_of(Demand)
_ORDERS, _BATCHES = table_of(DemandOrder), table_of(Batch)
_SELECT_ORDERS = sa.select(_ORDERS).where(is_one_of(_ORDERS.c.demand_id, "ids")).order_by(_ORDERS.c.order_id)
_SELECT_HARVESTS = (
    sa.select(_BATCHES.c.product_code, sa.func.max(_BATCHES.c.harvested_on).label("latest"))
    .where(is_one_of(_BATCHES.c.product_code, "codes"))
    .group_by(_BATCHES.c.product_code)
)


def is_seen(reading: Reading) -> sa.ColumnElement[bool]:
    """Demands of the buyers that the caller orders for; the supply side sees all: it may answer any."""
    if is_supplier(reading.actor):
        return sa.true()
    return DEMANDS.c.buyer_code.in_(bought_for(reading.actor))


def find_demand(reading: Reading, demand_id: UUID) -> Mapping[Any, Any]:
    """The row of a demand that the caller may see. Raises DemandNotFound."""
    found = sa.select(DEMANDS).where(DEMANDS.c.id == demand_id, is_seen(reading))
    row = reading.connection.execute(found).mappings().one_or_none()
    if row is None:
        raise DemandNotFound(says("no-such-demand", demand=demand_id))
    return row


def show_demands(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[DemandOut]:
    """Demands from their rows, with their steps and orders."""
    orders: dict[UUID, list[UUID]] = defaultdict(list)
    for row in reading.connection.execute(_SELECT_ORDERS, {"ids": [row["id"] for row in rows]}):
        orders[row.demand_id].append(row.order_id)
    lying, own = [{**row, "region_code": ""} for row in rows], spoken_for(reading, {row["buyer_code"] for row in rows})
    return [
        DemandOut.of({**row, "allowed_actions": _allowed(row, own)}, orders[row["id"]])
        for row in with_steps(reading, TRANSITIONS, STEPS, lying)
    ]


def _allowed(row: Mapping[str, Any], own: Collection[str]) -> list[DemandAction]:
    """Whoever supplies answers any demand, and closes those of its own buyers."""
    closes = row["buyer_code"] in own
    return [action for action in row["allowed_actions"] if closes or action is not DemandAction.CLOSE]


def wanted_of(row: Mapping[Any, Any]) -> Wanted:
    """A demand as the choice sees it."""
    return Wanted(row["quantity"], row["max_price"], row["deliver_by"], Needs(**row["needs"]))


def load_offers(reading: Reading, demand: Mapping[Any, Any]) -> list[Offer]:
    """The products of the commodity that the caller's regions make, as they are on the day of delivery."""
    here = sa.or_(*(lies_in(sa.column("region_code"), region) for region in reading.actor.regions))
    of_commodity = PRODUCTS.c.commodity_code == demand["commodity_code"]
    products = select_products(reading, demand["deliver_by"]).where(of_commodity).subquery()
    rows = reading.connection.execute(sa.select(products).where(here)).all()
    producers = {row.producer_code for row in rows}
    barred = barred_on(reading, producers, reading.today())
    waiting = _producers_of_who_waits(reading, producers)
    harvests = _latest_harvests(reading, [row.code for row in rows])
    return [
        Offer(
            product_code=row.code,
            region_code=row.region_code,
            price=row.price,
            available=row.available,
            minimum=row.minimum,
            step=row.step,
            grade=row.grade,
            cold_chain=row.cold_chain,
            recognised=row.recognised,
            from_base=row.base_code is not None,
            in_season=row.in_season,
            fresh_until=fresh_until(harvests.get(row.code, reading.today()), row.life),
            barred=row.producer_code in barred,
            has_request=row.producer_code in waiting,
        )
        for row in rows
    ]


def _latest_harvests(reading: Reading, codes: Sequence[str]) -> dict[str, Any]:
    """The day of the newest batch of each product that has one."""
    return {row.product_code: row.latest for row in reading.connection.execute(_SELECT_HARVESTS, {"codes": codes})}


def _producers_of_who_waits(reading: Reading, producer_codes: Collection[str]) -> frozenset[str]:
    """Those of these producers behind whom a household waits for a buyer."""
    shares = shares_on(reading, producer_codes, reading.today())
    households = set().union(*(share.household_codes for share in shares.values()))
    waiting = REQUESTS.households_waiting(reading, households)
    return frozenset(code for code, share in shares.items() if share.household_codes & waiting)
