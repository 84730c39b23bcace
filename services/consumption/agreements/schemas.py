"""Bodies of agreements."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from services.consumption.buyers.schemas import BuyerCode
from shared.codes.consumption import PurchaseWay
from shared.http.fields import Body, Code, RegionCode
from shared.money import FenAsYuan, PositiveYuan

AgreementNo = Annotated[Code, Field(examples=["GD-GZ-2026-001"])]
Year = Annotated[int, Field(ge=2000, le=2999, examples=[2026])]
"""A calendar year 年度."""


class AgreementIn(Body):
    """An agreement 产销协议; the whole of it every time."""

    buyer_code: BuyerCode
    year: Year = Field(strict=True)
    region_code: RegionCode = Field(description="Where it is to be bought")
    way: PurchaseWay
    pledged: PositiveYuan


class AgreementOut(BaseModel):
    """An agreement."""

    model_config = ConfigDict(from_attributes=True)

    agreement_no: str = Field(validation_alias="code")
    buyer_code: str
    year: int
    region_code: str = Field(description="Where it is to be bought")
    way: PurchaseWay
    pledged: FenAsYuan
    version: int
    updated_at: dt.datetime = Field(description="When it was put last")

    @classmethod
    def of(cls, row: Any) -> Self:
        """An agreement from its row."""
        return cls.model_validate(row)
