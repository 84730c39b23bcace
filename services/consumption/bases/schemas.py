"""Bodies of bases."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from services.consumption.producers.schemas import ProducerCode
from shared.http.fields import Body, Code, Day, Identifier, RegionCode, Text

BaseCode = Annotated[Code, Field(examples=["DJ-BASE-01"])]


class BaseIn(Body):
    """Base 菜篮子基地; the whole of it every time."""

    name: Annotated[Text, Field(max_length=128)]
    producer_code: ProducerCode | None = Field(None, description="Who grows there, where it is a registered producer")
    region_code: RegionCode
    certificate_no: Identifier = Field(max_length=64)
    certified_on: Day
    valid_to: Day | None = Field(None, description="The last day of the certificate; null: as long as the rule allows")


class BaseOut(BaseModel):
    """Base 菜篮子基地."""

    model_config = ConfigDict(from_attributes=True)

    base_code: str = Field(validation_alias="code")
    name: str
    producer_code: str | None
    region_code: str
    certificate_no: str
    certified_on: dt.date
    valid_to: dt.date = Field(description="The last day of the certificate")
    version: int
    updated_at: dt.datetime = Field(description="When it was put last")

    @classmethod
    def of(cls, row: Any) -> Self:
        """The answer of a row."""
        return cls.model_validate(row)
