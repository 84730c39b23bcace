"""The tables of bases, and of where goods of the cooperation are sold: outlets, channels, fairs."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base, register_indexes
from shared.codes.consumption import ChannelKind, OutletKind
from shared.db.base import OpenCode, UtcDateTime


class GrowingBase(Base, table=True):
    """Base 菜篮子基地: where vegetables grow for the Greater Bay Area, under a certificate that ends."""

    __tablename__ = "growing_base"
    __table_args__ = register_indexes("growing_base")

    code: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=128)
    producer_code: str | None = Field(max_length=64)
    """Who grows there, where it is a registered producer."""
    region_code: str = Field(max_length=12)
    certificate_no: str = Field(max_length=64)
    certified_on: dt.date
    valid_to: dt.date = Field(index=True)
    """The last day of the certificate."""
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class Outlet(Base, table=True):
    """Outlet 专柜、专馆、专区: a place of its own for goods of a county, mostly in a partner city."""

    __table_args__ = register_indexes("outlet")

    code: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=128)
    kind: OutletKind = Field(sa_type=OpenCode(OutletKind))
    region_code: str = Field(max_length=12)
    """The county 区县 whose goods it sells."""
    place_code: str = Field(max_length=12)
    """The division in which it stands."""
    opened_on: dt.date
    closed_on: dt.date | None
    """Its last day; none while it is open."""
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class Channel(Base, table=True):
    """Channel 销售渠道 with which a county works steadily."""

    __table_args__ = register_indexes("channel")

    code: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=128)
    kind: ChannelKind = Field(sa_type=OpenCode(ChannelKind))
    region_code: str = Field(max_length=12)
    """The county 区县 whose goods go through it."""
    valid_from: dt.date
    valid_to: dt.date | None
    """Its last day; none while it goes on."""
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class Fair(Base, table=True):
    """Fair 展销会 at which a region sold."""

    __table_args__ = register_indexes("fair")

    code: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=128)
    region_code: str = Field(max_length=12)
    """The city or county that took part."""
    place_code: str = Field(max_length=12)
    """The division in which it was held."""
    held_from: dt.date
    held_to: dt.date
    producers: int
    """How many producers took part."""
    sales: int = Field(sa_type=sa.BigInteger)
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
