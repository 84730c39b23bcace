"""Backtests as they are asked for."""

from typing import Final, Self

from pydantic import Field, model_validator

from services.consumption.commodities.schemas import CommodityCode
from shared.findings import WrongValue
from shared.http.fields import Body, DecisionDay
from shared.regions import RegionFilter
from shared.words.said import says

MAX_COMMODITIES: Final = 100
MAX_DAYS: Final = 3 * 366
"""As many days as three years have at most."""


class BacktestIn(Body):
    """What is to be judged once more: series of a region, and the days that are gone through."""

    region_code: RegionFilter
    commodity_codes: list[CommodityCode] = Field(min_length=1, max_length=MAX_COMMODITIES)
    first: DecisionDay = Field(alias="from", description="The first day")
    last: DecisionDay = Field(alias="to", description="The last day, at most today")

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if not 0 <= (self.last - self.first).days < MAX_DAYS:
            raise WrongValue(says("backtest-span", most=MAX_DAYS))
        return self
