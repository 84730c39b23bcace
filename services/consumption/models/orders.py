"""The tables of orders, their lines, and the households' shares of them."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.consumption import OrderStatus
from shared.codes.monitoring import IncomeBranch
from shared.db.base import EncryptedText, UtcDateTime, closed_code

_LARGE = sa.BigInteger


class Order(Base, table=True):
    """Order 订单 of a partner buyer, over products of one county."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        sa.UniqueConstraint("buyer_code", "buyer_order_no"),
        sa.Index("ix_purchase_order_placed_at_id", "placed_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    """Derived from buyer and number, so that one number is one row."""
    buyer_code: str = Field(foreign_key="buyer.code", max_length=64)
    buyer_order_no: str = Field(max_length=64)
    placed_by: str = Field(max_length=64)
    """The client that placed it."""
    region_code: str = Field(max_length=12, index=True)
    """Where the producer of its first line is."""
    status: OrderStatus = Field(sa_type=closed_code(OrderStatus))
    request_id: UUID | None
    """The measure it answers."""
    request_household: str | None = Field(max_length=64)
    """The household that measure is for."""
    correlation_id: str = Field(max_length=64)
    """The chain its events belong to: that of the measure it answers, or that of its placing."""
    placed_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    """Given in the order of commits."""
    settled_on: dt.date | None
    deliver_by: dt.date | None
    deliver_to: str | None = Field(max_length=256)
    contact: str | None = Field(sa_type=EncryptedText)
    """A person: it stays in this column."""
    invoice_title: str | None = Field(max_length=128)
    """发票抬头."""
    version: int
    """Grows by one with every step."""


class OrderLine(Base, table=True):
    """A line of an order: the product as it was when the order was placed."""

    __tablename__ = "order_line"

    order_id: UUID = Field(primary_key=True, foreign_key="purchase_order.id")
    line_no: int = Field(primary_key=True)
    product_code: str = Field(foreign_key="product.code", max_length=64)
    producer_code: str = Field(max_length=64)
    name: str = Field(max_length=128)
    unit: str = Field(max_length=16)
    specification: str | None = Field(max_length=256)
    price: int = Field(sa_type=_LARGE)
    quantity: int = Field(sa_type=_LARGE)
    """What was ordered."""
    received: int | None = Field(sa_type=_LARGE)
    """What arrived 实收; none before anything was received."""
    producer_amount: int | None = Field(sa_type=_LARGE)
    """What the producer keeps of the settled line."""


class LineShare(Base, table=True):
    """A household's share of a line: frozen when the line was ordered, turned into an amount when it is settled."""

    __tablename__ = "line_share"
    __table_args__ = (sa.ForeignKeyConstraint(["order_id", "line_no"], ["order_line.order_id", "order_line.line_no"]),)

    order_id: UUID = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    household_code: str = Field(primary_key=True, max_length=64)
    branch: IncomeBranch = Field(primary_key=True, sa_type=closed_code(IncomeBranch))
    share: int
    amount: int | None = Field(sa_type=_LARGE)
