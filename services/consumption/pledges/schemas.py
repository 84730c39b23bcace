"""Answers about pledges."""

from pydantic import BaseModel

from shared.codes.consumption import PurchaseWay
from shared.money import FenAsYuan
from shared.months import Month


class MonthOut(BaseModel):
    """What was ordered and settled in a month."""

    month: Month
    ordered: FenAsYuan
    settled: FenAsYuan


class PledgeOut(BaseModel):
    """What was pledged to a county in one way 采购 or 帮助销售, and what came of it."""

    region_code: str
    way: PurchaseWay
    pledged: FenAsYuan
    ordered: FenAsYuan
    settled: FenAsYuan
    months: list[MonthOut]


class PledgesOut(BaseModel):
    """The pledges of a year, by county and way."""

    year: int
    items: list[PledgeOut]
