"""Bodies that reports of every kind have in common."""

import datetime as dt
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from services.consumption.commodities.schemas import CommodityCode
from shared.codes.records import RecordStatus
from shared.codes.slow_sales import ReportMode
from shared.http.batches import MAX_ITEMS
from shared.http.fields import Body, Day, Reference, RegionCode, Source


class ReportReference(Body):
    """A report by who sent it and their reference."""

    source: Source = Field(examples=["county-agriculture"])
    source_ref: Reference


class ReportIn(Body):
    """What every report of a series says."""

    source: Source = Field(description="Who says so", examples=["county-agriculture"])
    source_ref: Reference = Field(description="Their own reference, used once")
    commodity_code: CommodityCode
    region_code: RegionCode = Field(description="Where it was seen; its county is judged")
    on: Day = Field(description="The day that it is about")
    supersedes: ReportReference | None = Field(None, description="The report of this series that this one corrects")


class ReportBatchIn(Body):
    """Up to 1,000 reports; each is answered on its own unless `atomic`."""

    mode: ReportMode = Field(ReportMode.LIVE, description="A `backfill` raises nothing when it comes in")
    atomic: StrictBool = Field(False, description="Store all or, if any is refused, none")
    items: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)


class ReportItem(BaseModel):
    """The answer to one report of a batch."""

    index: int
    source: str | None = Field(description="As it was sent; null where it is no text")
    source_ref: str | None = Field(description="As it was sent; null where it is no text")
    status: int = Field(examples=[201], description="201 stored, 200 the same again, or why not: 403, 404, 409, 422")
    report_id: UUID | None
    problem: dict[str, Any] | None


class ReportBatchAnswer(BaseModel):
    """The answer to a batch."""

    accepted: int
    duplicate: int
    rejected: int
    items: list[ReportItem] = Field(description="In the order sent; with `return=rejected` those that were refused")


class ReportOut(BaseModel):
    """What every report shows."""

    model_config = ConfigDict(from_attributes=True)

    report_id: UUID = Field(validation_alias="id")
    source: str
    source_ref: str
    commodity_code: str
    region_code: str
    on: dt.date = Field(validation_alias="day")
    mode: ReportMode
    status: RecordStatus = Field(description="Whether it counts")
    supersedes_id: UUID | None = Field(description="The report that this one corrects")
    recorded_at: dt.datetime
    updated_at: dt.datetime = Field(description="When it was recorded, superseded or withdrawn")
