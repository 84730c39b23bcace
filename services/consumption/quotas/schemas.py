"""Bodies of quotas."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema, model_validator

from services.consumption.quotas.rules import FILLING, Bought, reserve_of
from shared.codes.consumption import Canteen
from shared.findings import WrongValue
from shared.http.fields import Body
from shared.money import FenAsYuan, Yuan
from shared.shares import ShareSent, ShareShown, format_share
from shared.words.said import says

Fulfilment = Annotated[
    int,
    PlainSerializer(format_share, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+\.[0-9]{4}$", "examples": ["0.8125"]}),
]
"""A part of what is reserved, that may be more than all of it."""


class QuotaIn(Body):
    """What a unit fills in for a year 预留份额填报; the whole of it every time."""

    canteen: Canteen
    canteen_total: Yuan | None = Field(
        None, description="食堂食材采购总额 of the year: of an own or outsourced canteen, and of no other"
    )
    reserve_ratio: ShareSent | None = Field(None, description="Null: that of the policy; never below it")

    @model_validator(mode="after")
    def _has_the_total_of_its_canteen(self) -> Self:
        if (self.canteen in FILLING) != (self.canteen_total is not None):
            raise WrongValue(says("total-of-own-canteen"))
        return self


class RatioRule(BaseModel):
    """The parameter the ratio was measured by."""

    key: str
    value: Any
    reference: str
    status: str
    pack: str


class QuotaOut(BaseModel):
    """What a unit reserves for a year, and how much of it was bought."""

    buyer_code: str
    year: int
    canteen: Canteen
    canteen_total: FenAsYuan | None
    reserve_ratio: ShareShown | None = Field(description="As it was filled in; null: that of the policy")
    ratio: ShareShown = Field(description="The one that counts")
    ratio_rule: RatioRule
    reserved: FenAsYuan | None = Field(description="Null: there is no quota")
    purchased: FenAsYuan = Field(description="采购: settled in the year and not returned, of all that count with it")
    of_unit: FenAsYuan
    of_unions: FenAsYuan
    of_persons: FenAsYuan
    helped_to_sell: FenAsYuan = Field(description="帮助销售: counted apart, it fulfils no quota")
    fulfilment: Fulfilment | None = Field(description="完成率: purchased of reserved; null: there is no quota")
    version: int = Field(description="Of what was filled in; what is bought moves without it")
    updated_at: dt.datetime = Field(description="When it was filled in last")

    @classmethod
    def of(cls, row: Any, bought: Bought) -> Self:
        """A quota from its row, with what was bought."""
        reserve = reserve_of(row.canteen, row.canteen_total, row.ratio)
        return cls(
            buyer_code=row.buyer_code,
            year=row.year,
            canteen=row.canteen,
            canteen_total=row.canteen_total,
            reserve_ratio=row.ratio_said,
            ratio=row.ratio,
            ratio_rule=RatioRule.model_validate(row.ratio_rule),
            reserved=reserve and reserve.amount,
            purchased=bought.purchased,
            **bought._asdict(),
            fulfilment=reserve and reserve.fulfilment(bought.purchased),
            version=row.version,
            updated_at=row.updated_at,
        )
