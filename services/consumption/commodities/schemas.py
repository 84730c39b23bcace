"""Bodies of commodities."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from shared.http.fields import Body, Code, Text

CommodityCode = Annotated[Code, Field(examples=["WHITE-TEA"])]


class CommodityIn(Body):
    """A commodity 大宗品类; the whole of it every time."""

    name: Annotated[Text, Field(max_length=128)]
    unit: Annotated[Text, Field(max_length=16)] = Field(description="In which its prices and stocks are reported")
    shelf_life_days: Annotated[int, Field(strict=True, ge=1, le=3650)] | None = Field(
        None, description="保质期; null: it does not spoil"
    )


class CommodityOut(BaseModel):
    """A commodity."""

    model_config = ConfigDict(from_attributes=True)

    commodity_code: str = Field(validation_alias="code")
    name: str
    unit: str
    shelf_life_days: int | None
    version: int
    updated_at: dt.datetime = Field(description="When it was put last")

    @classmethod
    def of(cls, row: Any) -> Self:
        """A commodity from its row."""
        return cls.model_validate(row)
