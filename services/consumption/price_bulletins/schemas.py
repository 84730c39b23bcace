"""Lines of the bulletin."""

import datetime as dt
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, Field

from services.consumption.products.schemas import QuantityShown
from shared.codes.slow_sales import SlowSaleLevel
from shared.findings import WrongValue
from shared.money import FenAsYuan
from shared.words.said import says

FIRST_YEAR: Final = 2000


def _is_a_week(week: str) -> str:
    try:
        monday = monday_of(week)
    except ValueError as error:
        raise WrongValue(says("no-such-week")) from error
    if monday.year < FIRST_YEAR:
        raise WrongValue(says("no-such-week"))
    return week


def monday_of(week: str) -> dt.date:
    """The first day of a week. Raises ValueError where the year has no such week."""
    year, number = week.split("-W")
    return dt.date.fromisocalendar(int(year), int(number), 1)


Week = Annotated[str, Field(pattern=r"^[0-9]{4}-W[0-9]{2}$", examples=["2026-W48"]), AfterValidator(_is_a_week)]


class BulletinLine(BaseModel):
    """A commodity in a county in a week."""

    region_code: str = Field(description="The county")
    commodity_code: str
    week: Week = Field(description="The week by ISO 8601")
    price: FenAsYuan | None = Field(description="The mean of the days of the week; null where nothing was reported")
    week_before: FenAsYuan | None
    year_before: FenAsYuan | None = Field(description="The same days of the year before")
    expected: FenAsYuan | None = Field(
        description="Of the last day with a price; null where fewer earlier years are known than the policy asks for"
    )
    drop: str | None = Field(description="How far that day's price is below, as a share", examples=["0.3125"])
    unsold: QuantityShown | None = Field(description="What does not sell within the horizon at the present pace")
    unsold_share: str | None
    spoils_on: dt.date | None = Field(description="The day on which what is left of the stock spoils")
    level: SlowSaleLevel | None = Field(description="Of the alert that stood at the end of the week")
