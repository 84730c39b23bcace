"""Tables of assets and of the rights in them."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.assets.models.base import FEN, Base
from shared.codes.assets import AssetClass, AssetRight
from shared.db.base import OpenCode, UtcDateTime
from shared.db.spelling import spelling_index


class Asset(Base, table=True):
    """Asset 帮扶项目资产."""

    __table_args__ = (spelling_index("asset"), sa.Index("ix_asset_updated_at_code", "updated_at", "code"))

    code: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=128)
    asset_class: AssetClass = Field(sa_type=OpenCode(AssetClass))
    region_code: str = Field(max_length=12, index=True)
    original_value: int = Field(sa_type=FEN)
    """原值."""
    acquired_on: dt.date
    """形成日期."""
    version: int
    """Grows by one with every change of the asset or of the rights in it."""
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class Right(Base, table=True):
    """A share of one of the five rights 五权 in the hands of one holder, on the days it held."""

    __tablename__ = "asset_right"

    asset_code: str = Field(primary_key=True, foreign_key="asset.code", max_length=64)
    right: AssetRight = Field(primary_key=True, sa_type=OpenCode(AssetRight))
    holder: str = Field(primary_key=True, max_length=128)
    """May be a person: it stays in this column."""
    valid_from: dt.date = Field(primary_key=True)
    valid_to: dt.date | None
    """The last day on which it held; none while it does."""
    share: int
