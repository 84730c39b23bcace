"""How reports of sales are asked for and answered."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from services.consumption.reports.rules import span_of
from shared.money import FenAsYuan
from shared.regions import RegionFilter


def _checked(period: str) -> str:
    span_of(period)
    return period


Period = Annotated[
    str,
    AfterValidator(_checked),
    Field(max_length=8, description="A month `2026-11`, quarter `2026-Q4` or week `2026-W48`", examples=["2026-11"]),
]


class SalesReportQuery(BaseModel):
    """What the report of sales can be asked for."""

    region_code: RegionFilter | None = Field(None, description="All of the caller's regions where it is left out")
    period: Period | None = Field(None, description="A week 周报, month 月报 or quarter 季报; this month if left out")
    format: Literal["json", "xlsx", "pdf"] = Field("json", description="How the report is written")


class SalesLine(BaseModel):
    """What a county sold."""

    region_code: str
    orders: int = Field(description="Of which something was settled")
    buyers: int
    products: int
    purchased: FenAsYuan = Field(description="采购")
    helped_to_sell: FenAsYuan = Field(description="帮助销售")


class SalesReport(BaseModel):
    """The report of sales 消费协作周报、月报、季报."""

    report: str
    region_code: str | None
    period: str
    items: list[SalesLine]
