"""What a trace code tells: nothing of persons, and no code of a household."""

import datetime as dt

from pydantic import BaseModel, Field

from services.consumption.batches.schemas import Inspection
from shared.codes.consumption import TraceStep
from shared.money import FenAsYuan


class StepOut(BaseModel):
    """A step of the goods on their way."""

    step: TraceStep
    on: dt.date


class TraceOut(BaseModel):
    """A batch, as whoever holds its goods sees it."""

    product: str
    producer: str | None = Field(description="Null where a household sells by itself")
    county: str = Field(description="Where it was made, in words")
    base: str | None = Field(description="菜篮子基地, by its code")
    harvested_on: dt.date
    inspections: list[Inspection]
    steps: list[StepOut] = Field(description="In their order")
    households: int = Field(description="How many brought something into the batch")
    to_households: FenAsYuan = Field(description="What households have got of it by now")
