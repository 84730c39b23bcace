"""Bodies of supply reports."""

from typing import Any

from pydantic import Field, TypeAdapter

from services.consumption.products.schemas import Quantity, QuantityShown
from services.consumption.series.schemas import ReportBatchIn, ReportIn, ReportOut
from shared.http.batches import MAX_ITEMS


class SupplyReportIn(ReportIn):
    """What is there of a commodity, in its unit."""

    stock: Quantity = Field(description="What is there")
    due: Quantity = Field(description="What comes in within the horizon of the policy")
    sold_7d: Quantity = Field(description="What was sold within the last seven days")
    covered: Quantity | None = Field(None, description="What is ordered already; null: what the orders here say")


class SupplyReportBatchDocument(ReportBatchIn):
    """The batch as documented: every item is a supply report."""

    items: list[SupplyReportIn] = Field(min_length=1, max_length=MAX_ITEMS)


class SupplyReportOut(ReportOut):
    """A supply report 存量与上市量记录."""

    stock: QuantityShown
    due: QuantityShown
    sold_7d: QuantityShown
    covered: QuantityShown | None


SUPPLY_REPORT: TypeAdapter[Any] = TypeAdapter(SupplyReportIn)
