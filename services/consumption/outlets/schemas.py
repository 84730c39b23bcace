"""Bodies of outlets."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.codes.consumption import OutletKind
from shared.findings import WrongValue
from shared.http.fields import Body, Code, Day, RegionCode, Text
from shared.regions import RegionFilter
from shared.words.said import says

OutletCode = Annotated[Code, Field(examples=["DG-HALL-01"])]


class OutletIn(Body):
    """Outlet 专柜、专馆、专区; the whole of it every time."""

    name: Annotated[Text, Field(max_length=128)]
    kind: OutletKind
    region_code: RegionCode = Field(description="The county whose goods it sells")
    place_code: RegionFilter = Field(description="The division in which it stands", examples=["441900"])
    opened_on: Day
    closed_on: Day | None = Field(None, description="Its last day; null while it is open")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.closed_on is not None and self.closed_on < self.opened_on:
            raise WrongValue(says("ends-before-it-begins"))
        return self


class OutletOut(BaseModel):
    """Outlet 专柜、专馆、专区."""

    model_config = ConfigDict(from_attributes=True)

    outlet_code: str = Field(validation_alias="code")
    name: str
    kind: OutletKind
    region_code: str = Field(description="The county whose goods it sells")
    place_code: str = Field(description="The division in which it stands")
    opened_on: dt.date
    closed_on: dt.date | None
    version: int
    updated_at: dt.datetime = Field(description="When it was put last")

    @classmethod
    def of(cls, row: Any) -> Self:
        """The answer of a row."""
        return cls.model_validate(row)
