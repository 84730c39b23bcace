"""The table of agreements."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base, register_indexes
from shared.codes.consumption import PurchaseWay
from shared.db.base import OpenCode, UtcDateTime


class Agreement(Base, table=True):
    """Agreement 产销协议: what a buyer has pledged to a region for a year."""

    __table_args__ = (*register_indexes("agreement"), sa.Index("ix_agreement_year_region_code", "year", "region_code"))

    code: str = Field(primary_key=True, max_length=64)
    """The number 协议编号."""
    buyer_code: str = Field(foreign_key="buyer.code", max_length=64, index=True)
    year: int
    region_code: str = Field(max_length=12)
    """Where it is to be bought."""
    way: PurchaseWay = Field(sa_type=OpenCode(PurchaseWay))
    pledged: int = Field(sa_type=sa.BigInteger)
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
