"""Tables of consumption. Money is fen, quantities are thousandths of the unit, shares are ten-thousandths."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.contracts.codes import IncomeBranch, MeasureKind, OrderStatus, ProducerKind
from shared.contracts.consumption import MeasureAccepted, MeasureCompleted, MeasureRefused
from shared.db.base import UtcDateTime, house_metadata, text_enum
from shared.db.floor import lay_floor
from shared.db.spelling import spelling_index
from shared.helping.households import KnownHouseholds
from shared.helping.requests import Answers, Requests

METADATA = house_metadata("consumption")
FLOOR = lay_floor(METADATA)
HOUSEHOLDS = KnownHouseholds(METADATA)
ANSWERS = Answers(MeasureAccepted, MeasureRefused, MeasureCompleted)
REQUESTS = Requests(METADATA, HOUSEHOLDS, MeasureKind.PURCHASE, ANSWERS)
_LARGE = sa.BigInteger


class Base(SQLModel, registry=registry(metadata=METADATA)):
    """A table of consumption."""

    metadata = METADATA


class Producer(Base, table=True):
    """Producer 供应主体: a household, cooperative or firm that supplies products."""

    __table_args__ = (spelling_index("producer"),)

    code: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=128)
    kind: ProducerKind = Field(sa_type=text_enum(ProducerKind))
    uscc: str | None = Field(max_length=18)
    """统一社会信用代码, where there is one."""
    region_code: str = Field(max_length=12, index=True)
    """Where it is: whoever is responsible there, or in a wider region, changes it."""
    version: int
    """Grows by one with every change of the producer or of its links."""


class ProducerLink(Base, table=True):
    """What a household gets of what its producer sells 联农带农: a share of one branch of income."""

    __tablename__ = "producer_link"

    producer_code: str = Field(primary_key=True, foreign_key="producer.code", max_length=64)
    household_code: str = Field(primary_key=True, max_length=64)
    branch: IncomeBranch = Field(primary_key=True, sa_type=text_enum(IncomeBranch))
    share: int


class Product(Base, table=True):
    """Product 产品, with its price and what can still be ordered of it."""

    __table_args__ = (
        sa.CheckConstraint("available >= 0", name="available_not_negative"),
        spelling_index("product"),
    )

    code: str = Field(primary_key=True, max_length=64)
    producer_code: str = Field(foreign_key="producer.code", max_length=64, index=True)
    name: str = Field(max_length=128)
    unit: str = Field(max_length=16)
    specification: str | None = Field(max_length=256)
    """规格, where it is said."""
    price: int = Field(sa_type=_LARGE)
    """Of one unit."""
    minimum: int | None = Field(sa_type=_LARGE)
    """起订量: the least that can be ordered, where there is one."""
    step: int | None = Field(sa_type=_LARGE)
    """What is ordered is a multiple of this, where it is said."""
    available: int = Field(sa_type=_LARGE)
    """What can still be ordered; what is ordered already is not in it."""
    version: int
    """Grows by one with every change of the offer; the stock moves by itself."""


class StockMove(Base, table=True):
    """A movement of stock 库存调整 beside orders: what was counted, came in or went bad."""

    __tablename__ = "stock_move"
    __table_args__ = (sa.Index("ix_stock_move_product_code_moved_at_id", "product_code", "moved_at", "id"),)

    id: UUID = Field(primary_key=True)
    product_code: str = Field(foreign_key="product.code", max_length=64)
    moved_at: dt.datetime = Field(sa_type=UtcDateTime)
    moved_by: str = Field(max_length=64)
    """The client that said so."""
    was_counted: bool
    """Whether it was counted, instead of told as a change."""
    before: int = Field(sa_type=_LARGE)
    after: int = Field(sa_type=_LARGE)
    reason: str = Field(max_length=2000)
    """May name people: it stays in this column."""


class Buyer(Base, table=True):
    """Buyer 采购单位, and the client that orders for it where no token names it."""

    __table_args__ = (spelling_index("buyer"),)

    code: str = Field(primary_key=True, max_length=64)
    name: str | None = Field(max_length=128)
    client_id: str | None = Field(max_length=64, index=True)
    """None: nobody was bound to it, and whoever orders under it has it in its token, or is the supply side."""
    bound_in: str | None = Field(max_length=12)
    """The region of the client that bound it first: that region or a wider one changes it. None before."""
    version: int
    """Grows by one with every change."""


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
    status: OrderStatus = Field(sa_type=text_enum(OrderStatus))
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
    contact: str | None = Field(max_length=128)
    """A person: it stays in this column."""
    invoice_title: str | None = Field(max_length=128)
    """发票抬头."""
    history: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    """The steps taken, the oldest first. Notes may name people: they stay in this column."""


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
    branch: IncomeBranch = Field(primary_key=True, sa_type=text_enum(IncomeBranch))
    share: int
    amount: int | None = Field(sa_type=_LARGE)
