"""Bodies of channels."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.codes.consumption import ChannelKind
from shared.findings import WrongValue
from shared.http.fields import Body, Code, Day, RegionCode, Text
from shared.words.said import says

ChannelCode = Annotated[Code, Field(examples=["DG-MARKET-01"])]


class ChannelIn(Body):
    """Channel 销售渠道 with which a county works steadily; the whole of it every time."""

    name: Annotated[Text, Field(max_length=128)]
    kind: ChannelKind
    region_code: RegionCode = Field(description="The county whose goods go through it")
    valid_from: Day = Field(alias="from")
    valid_to: Day | None = Field(None, alias="to", description="Its last day; null while it goes on")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise WrongValue(says("ends-before-it-begins"))
        return self


class ChannelOut(BaseModel):
    """Channel 销售渠道 with which a county works steadily."""

    model_config = ConfigDict(from_attributes=True)

    channel_code: str = Field(validation_alias="code")
    name: str
    kind: ChannelKind
    region_code: str = Field(description="The county whose goods go through it")
    valid_from: dt.date = Field(serialization_alias="from")
    valid_to: dt.date | None = Field(serialization_alias="to")
    version: int
    updated_at: dt.datetime = Field(description="When it was put last")

    @classmethod
    def of(cls, row: Any) -> Self:
        """The answer of a row."""
        return cls.model_validate(row)
