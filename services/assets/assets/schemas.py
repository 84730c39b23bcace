"""HTTP bodies of assets, in and out."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from shared.codes.assets import AssetClass, AssetRight
from shared.http.fields import Body, Code, Day, RegionCode, Text
from shared.money import FenAsYuan, PositiveYuan
from shared.shares import ShareSent, ShareShown

MAX_GRANTS = 1000

AssetCode = Annotated[Code, Field(examples=["DJ-A-0001"])]
Name = Annotated[Text, Field(max_length=128)]


class RightIn(Body):
    """A share of one of the five rights 五权."""

    right: AssetRight
    holder: Name = Field(description="Who holds it: a village collective, a firm, a household", examples=["沙坝村集体"])
    share: ShareSent


class AssetIn(Body):
    """An asset 帮扶项目资产; the whole of it, every time."""

    name: Name
    asset_class: AssetClass = Field(alias="class", description="资产类别")
    region_code: RegionCode
    original_value: PositiveYuan = Field(description="原值, in yuan")
    acquired_on: Day = Field(description="形成日期, not in the future")
    rights: list[RightIn] = Field(
        min_length=1,
        max_length=MAX_GRANTS,
        description="The owner is named; the shares of each right that is named make exactly 1",
    )


class AssetSummary(BaseModel):
    """An asset 帮扶项目资产."""

    asset_code: str = Field(validation_alias="code")
    name: str
    asset_class: AssetClass = Field(serialization_alias="class")
    region_code: str
    original_value: FenAsYuan
    acquired_on: dt.date
    version: int
    updated_at: dt.datetime = Field(description="When it was put last")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The row of an asset; with its rights where they are shown."""
        return cls.model_validate(dict(row))


class RightOut(BaseModel):
    """A share of a right and the days on which it holds or held."""

    right: AssetRight
    holder: str
    share: ShareShown
    valid_from: dt.date
    valid_to: dt.date | None = Field(description="The last day on which it held; null while it does")


class AssetOut(AssetSummary):
    """An asset with the rights of a day, and their whole history."""

    as_of: dt.date = Field(description="The day the rights are those of")
    rights: list[RightOut] = Field(description="By right and holder")
    history: list[RightOut] = Field(description="Every right that ever held, the oldest first")
