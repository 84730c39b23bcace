"""Bodies of fairs."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.findings import WrongValue
from shared.http.fields import Body, Code, Day, RegionCode, Text
from shared.money import FenAsYuan, Yuan
from shared.regions import RegionFilter
from shared.words.said import says

FairCode = Annotated[Code, Field(examples=["DG-FAIR-2026"])]


class FairIn(Body):
    """Fair 展销会 at which a region sold; the whole of it every time."""

    name: Annotated[Text, Field(max_length=128)]
    region_code: RegionCode = Field(description="The city or county that took part")
    place_code: RegionFilter = Field(description="The division in which it was held", examples=["441900"])
    held_from: Day = Field(alias="from")
    held_to: Day = Field(alias="to")
    producers: Annotated[int, Field(strict=True, ge=0, le=100_000)] = Field(0, description="How many took part")
    sales: Yuan = Field(
        0, validate_default=False, json_schema_extra={"default": "0.00"}, description="What was sold there"
    )

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.held_to is not None and self.held_to < self.held_from:
            raise WrongValue(says("ends-before-it-begins"))
        return self


class FairOut(BaseModel):
    """Fair 展销会 at which a region sold."""

    model_config = ConfigDict(from_attributes=True)

    fair_code: str = Field(validation_alias="code")
    name: str
    region_code: str = Field(description="The city or county that took part")
    place_code: str = Field(description="The division in which it was held")
    held_from: dt.date = Field(serialization_alias="from")
    held_to: dt.date = Field(serialization_alias="to")
    producers: int = Field(description="How many took part")
    sales: FenAsYuan = Field(description="What was sold there")
    version: int
    updated_at: dt.datetime = Field(description="When it was put last")

    @classmethod
    def of(cls, row: Any) -> Self:
        """The answer of a row."""
        return cls.model_validate(row)
