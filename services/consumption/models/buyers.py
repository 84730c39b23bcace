"""The tables of buyers, of the clients bound to them, and of their quotas."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.consumption import BuyerKind, Canteen
from shared.db.base import OpenCode, UtcDateTime
from shared.db.spelling import spelling_index


class Buyer(Base, table=True):
    """Buyer 采购单位."""

    __table_args__ = (spelling_index("buyer"), sa.Index("ix_buyer_updated_at_code", "updated_at", "code"))

    code: str = Field(primary_key=True, max_length=64)
    name: str | None = Field(max_length=128)
    kind: BuyerKind | None = Field(sa_type=OpenCode(BuyerKind))
    """None: nobody has said it."""
    city_code: str | None = Field(max_length=12)
    """The division in which it is; none where nobody has said it."""
    unit_code: str | None = Field(max_length=64, index=True)
    """The budget unit 预算单位 it counts with, where it does."""
    uscc: str | None = Field(max_length=18)
    """统一社会信用代码, where there is one."""
    bound_in: str | None = Field(max_length=12)
    """The region of the client that bound it first: that region or a wider one changes it. None before."""
    version: int
    """Grows by one with every change of the buyer or of its clients."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When it was entered or put last, in the order of commits."""


class BuyerClient(Base, table=True):
    """A client that orders for a buyer where no token names the buyers of that client."""

    __tablename__ = "buyer_client"

    buyer_code: str = Field(primary_key=True, foreign_key="buyer.code", max_length=64)
    client_id: str = Field(primary_key=True, max_length=64, index=True)


class Quota(Base, table=True):
    """The share of a year's canteen purchases that a buyer reserves 预留份额."""

    __table_args__ = (spelling_index("quota"),)

    code: str = Field(primary_key=True, max_length=72)
    """The buyer and the year, `DG-1/2026`."""
    buyer_code: str = Field(foreign_key="buyer.code", max_length=64, index=True)
    year: int = Field(index=True)
    canteen: Canteen = Field(sa_type=OpenCode(Canteen))
    canteen_total: int | None = Field(sa_type=sa.BigInteger)
    """食堂食材采购总额 of the year; none without a canteen of its own."""
    ratio_said: int | None
    """The ratio that the buyer said, in ten-thousandths; none: that of the policy."""
    ratio: int
    """The ratio 预留比例 that counts, in ten-thousandths."""
    ratio_rule: dict[str, Any] = Field(sa_type=sa.JSON)
    """The parameter it was measured by, and its pack."""
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
