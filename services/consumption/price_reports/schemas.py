"""Bodies of price reports."""

from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter, model_validator

from services.consumption.series.schemas import ReportBatchIn, ReportIn, ReportOut
from shared.findings import WrongValue
from shared.http.batches import MAX_ITEMS
from shared.http.fields import Text
from shared.money import FenAsYuan, PositiveYuan
from shared.words.said import says

Market = Annotated[Text, Field(max_length=64, examples=["德江县城关农贸市场"])]


class PriceReportIn(ReportIn):
    """What a commodity cost on a market on a day, for one unit, in yuan."""

    market: Market
    low: PositiveYuan
    mean: PositiveYuan = Field(description="Between `low` and `high`; what is judged")
    high: PositiveYuan

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if not self.low <= self.mean <= self.high:
            raise WrongValue(says("prices-out-of-order"))
        return self


class PriceReportBatchDocument(ReportBatchIn):
    """The batch as documented: every item is a price report."""

    items: list[PriceReportIn] = Field(min_length=1, max_length=MAX_ITEMS)


class PriceReportOut(ReportOut):
    """A price report 价格采集记录."""

    market: str
    low: FenAsYuan
    mean: FenAsYuan
    high: FenAsYuan


PRICE_REPORT: TypeAdapter[Any] = TypeAdapter(PriceReportIn)
