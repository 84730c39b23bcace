"""What can be asked of demands."""

from uuid import UUID

import sqlalchemy as sa

from services.consumption.buyers.schemas import BuyerCode
from services.consumption.buyers.store import demand_yours
from services.consumption.demands.rules import propose
from services.consumption.demands.schemas import DemandOut, ProposalOut
from services.consumption.demands.sheets import DEMAND_LIST
from services.consumption.demands.store import DEMANDS, find_demand, is_seen, load_offers, show_demands, wanted_of
from shared.codes.consumption import DemandStatus
from shared.db.unit_of_work import Reading
from shared.http.fields import Code, UpdatedAfter
from shared.lists.filters import Columns
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery


class DemandList(ListQuery):
    """Which demands 采购需求 are asked for, the newest first."""

    order = newest_by("placed_at")
    sheet = DEMAND_LIST
    buyer_code: BuyerCode | None = None
    commodity_code: Code | None = None
    status: DemandStatus | None = None
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """Return which demands the caller may see.

        Raises BuyerOfAnotherClient where it asks for another buyer's.
        """
        if self.buyer_code is not None:
            demand_yours(reading, self.buyer_code)
        return is_seen(reading)


def demand(reading: Reading, demand_id: UUID) -> DemandOut:
    """A demand with its history."""
    return show_demands(reading, [find_demand(reading, demand_id)])[0]


def demands(reading: Reading, asked: DemandList) -> Page[DemandOut]:
    """Demands with their histories."""
    return asked.page(reading, sa.select(DEMANDS), lambda rows: show_demands(reading, [row._asdict() for row in rows]))


def proposal(reading: Reading, demand_id: UUID) -> ProposalOut:
    """What is proposed for a demand out of the caller's regions. It reserves nothing."""
    row = find_demand(reading, demand_id)
    return ProposalOut.of(propose(wanted_of(row), load_offers(reading, row)))
