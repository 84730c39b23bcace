"""The tables of demands and of the orders they became."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.consumption import DemandStatus
from shared.db.base import UtcDateTime, closed_code

_LARGE = sa.BigInteger


class Demand(Base, table=True):
    """Demand 采购需求 of a buyer: so much of a commodity, whoever makes it."""

    __table_args__ = (
        sa.UniqueConstraint("buyer_code", "demand_no"),
        sa.Index("ix_demand_placed_at_id", "placed_at", "id"),
        sa.Index("ix_demand_updated_at_id", "updated_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    """Derived from buyer and number, so that one number is one row."""
    buyer_code: str = Field(foreign_key="buyer.code", max_length=64)
    demand_no: str = Field(max_length=64)
    commodity_code: str = Field(foreign_key="commodity.code", max_length=64)
    quantity: int = Field(sa_type=_LARGE)
    max_price: int | None = Field(sa_type=_LARGE)
    """Of one unit; none where the price does not matter."""
    deliver_by: dt.date
    needs: dict[str, Any] = Field(sa_type=sa.JSON)
    """What the goods have to be, as it was said."""
    status: DemandStatus = Field(sa_type=closed_code(DemandStatus))
    placed_by: str = Field(max_length=64)
    placed_at: dt.datetime = Field(sa_type=UtcDateTime)
    version: int
    """Grows by one with every step."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class DemandOrder(Base, table=True):
    """An order that a demand became."""

    __tablename__ = "demand_order"

    demand_id: UUID = Field(primary_key=True, foreign_key="demand.id")
    order_id: UUID = Field(primary_key=True, foreign_key="purchase_order.id")
