"""What was sold in a week, month or quarter, by county."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.consumption.reports.rules import Span
from services.consumption.reports.schemas import SalesLine
from services.consumption.sales.store import select_settled
from shared.codes.consumption import PurchaseWay
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.regions import CODE_LENGTH, LEVEL_DIGITS, RegionLevel


def sales(reading: Reading, region_code: str | None, span: Span) -> Sequence[SalesLine]:
    """What each county of a region sold. Raises RegionNotAllowed for a region outside the caller's own."""
    settled = select_settled(*span).subquery()
    county = sa.func.substr(settled.c.region_code, 1, LEVEL_DIGITS[RegionLevel.COUNTY])
    rows = sa.select(county, *_counted(settled)).where(within(settled.c.region_code, reading.actor, region_code))
    return [
        SalesLine(
            region_code=str(of).ljust(CODE_LENGTH, "0"),
            orders=orders,
            buyers=buyers,
            products=products,
            purchased=int(purchased),
            helped_to_sell=int(helped),
        )
        for of, orders, buyers, products, purchased, helped in reading.connection.execute(
            rows.group_by(county).order_by(county)
        )
    ]


def totals(reading: Reading, region_code: str | None, span: Span) -> tuple[int, ...]:
    """What a region sold: orders, buyers and products, and what was purchased and helped to sell in fen.

    Raises RegionNotAllowed for a region outside the caller's own.
    """
    settled = select_settled(*span).subquery()
    rows = sa.select(*_counted(settled)).where(within(settled.c.region_code, reading.actor, region_code))
    return tuple(int(number or 0) for number in reading.connection.execute(rows).one())


def _counted(settled: sa.Subquery) -> list[sa.ColumnElement[int]]:
    """How many orders, buyers and products were settled, and what was purchased and helped to sell."""
    return [
        *(sa.func.count(settled.c[name].distinct()) for name in ("order_id", "buyer_code", "product_code")),
        *(
            sa.func.sum(sa.case((settled.c.way == way, settled.c.value), else_=0))
            for way in (PurchaseWay.PURCHASE, PurchaseWay.HELP_SELL)
        ),
    ]
