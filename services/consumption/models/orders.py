"""The tables of orders: lines and frozen shares, deliveries and what came of them, price differences, returns."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base
from shared.codes.consumption import (
    AdjustmentStatus,
    DefectReason,
    EntryKind,
    OrderDeliveryStatus,
    OrderMode,
    OrderStatus,
    PurchaseWay,
    RestatementCause,
    ReturnStatus,
)
from shared.codes.monitoring import IncomeBranch
from shared.db.base import EncryptedText, OpenCode, UtcDateTime, closed_code

_LARGE = sa.BigInteger
_UNTOLD = "status NOT IN ('settled', 'closed', 'cancelled') AND overdue_of {} due_on"
"""Which orders may still be told of as overdue, in the words of `Deadlines`."""

_OF_AN_INCIDENT = "incident_id IS NOT NULL"


class Order(Base, table=True):
    """Order 订单 of a partner buyer, over products of one county."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        sa.UniqueConstraint("buyer_code", "buyer_order_no"),
        sa.Index("ix_purchase_order_placed_at_id", "placed_at", "id"),
        sa.Index("ix_purchase_order_buyer_code_placed_at_id", "buyer_code", "placed_at", "id"),
        sa.Index("ix_purchase_order_status_placed_at_id", "status", "placed_at", "id"),
        sa.Index(
            "ix_purchase_order_incident_id",
            "incident_id",
            sqlite_where=sa.text(_OF_AN_INCIDENT),
            postgresql_where=sa.text(_OF_AN_INCIDENT),
        ),
        sa.Index(
            "ix_purchase_order_untold",
            "due_on",
            "id",
            sqlite_where=sa.text(_UNTOLD.format("IS NOT")),
            postgresql_where=sa.text(_UNTOLD.format("IS DISTINCT FROM")),
        ),
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
    mode: OrderMode = Field(sa_type=OpenCode(OrderMode))
    way: PurchaseWay = Field(sa_type=OpenCode(PurchaseWay))
    agreement_no: str | None = Field(max_length=64)
    incident_id: UUID | None
    """The slow sale 滞销 that it helps with."""
    channel: str | None = Field(max_length=64)
    """Where it was sold, if not here: its number is that of the channel 渠道."""
    confirm_by: dt.datetime | None = Field(sa_type=UtcDateTime, index=True)
    """When what is pre-ordered lapses; none for every other."""
    due_on: dt.date | None
    """The day by which the supply side accepts it, or settles what came; none while it owes neither."""
    due_provisional: bool
    overdue_of: dt.date | None
    """The `due_on` that was told as passed."""
    closes_on: dt.date | None = Field(index=True)
    """The last day on which something of it can be returned; none before something of it came."""
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
    """Of one unit, as it was ordered."""
    quantity: int = Field(sa_type=_LARGE)
    """What was ordered."""
    short: int = Field(sa_type=_LARGE)
    """What will not come 短交; its stock was given back."""
    agreed_price: int | None = Field(sa_type=_LARGE)
    """What both sides agreed on since; none while the price is that of the order."""


class OrderShare(Base, table=True):
    """A share in what a producer of the order sells 联农带农, as it was on the day of the order.

    It is that of a household, or of another producer.
    """

    __tablename__ = "order_share"
    __table_args__ = (sa.CheckConstraint("(household_code IS NULL) <> (producer_code IS NULL)", name="one_party"),)

    order_id: UUID = Field(primary_key=True, foreign_key="purchase_order.id")
    giver_code: str = Field(primary_key=True, max_length=64)
    """The producer whose sales are shared."""
    link_no: int = Field(primary_key=True)
    household_code: str | None = Field(max_length=64)
    producer_code: str | None = Field(max_length=64)
    branch: IncomeBranch | None = Field(sa_type=closed_code(IncomeBranch))
    """What it is to the household; none for a producer."""
    share: int


class Delivery(Base, table=True):
    """A delivery 交付 of an order."""

    order_id: UUID = Field(primary_key=True, foreign_key="purchase_order.id")
    delivery_no: str = Field(primary_key=True, max_length=64)
    place: int
    """The how manieth it is."""
    status: OrderDeliveryStatus = Field(sa_type=closed_code(OrderDeliveryStatus))
    shipped_on: dt.date
    received_on: dt.date | None


class DeliveryLine(Base, table=True):
    """What a delivery brings of a line."""

    __tablename__ = "delivery_line"
    __table_args__ = (
        sa.ForeignKeyConstraint(["order_id", "delivery_no"], ["delivery.order_id", "delivery.delivery_no"]),
        sa.ForeignKeyConstraint(["order_id", "line_no"], ["order_line.order_id", "order_line.line_no"]),
        sa.CheckConstraint("rejected + returned <= COALESCE(received, 0)", name="came_before_it_went"),
        sa.Index("ix_delivery_line_batch_code", "batch_code"),
        sa.Index("ix_delivery_line_settled_on", "settled_on"),
    )

    order_id: UUID = Field(primary_key=True)
    delivery_no: str = Field(primary_key=True, max_length=64)
    line_no: int = Field(primary_key=True)
    quantity: int = Field(sa_type=_LARGE)
    """What was shipped."""
    batch_code: str | None = Field(max_length=64)
    received: int | None = Field(sa_type=_LARGE)
    """What arrived 实收; none before."""
    rejected: int = Field(sa_type=_LARGE)
    """What of it was refused at the door 拒收."""
    reason: DefectReason | None = Field(sa_type=OpenCode(DefectReason))
    returned: int = Field(sa_type=_LARGE)
    """What of it went back 退货."""
    held: bool
    """Whether it is disputed 有争议, and not settled."""
    settled_on: dt.date | None
    settled_value: int | None = Field(sa_type=_LARGE)
    """What was told to be paid, as last restated; none before it is settled."""
    restated: int
    """How often that changed."""


class DeliveryCredit(Base, table=True):
    """What a household has of a settled delivery line, as it now stands."""

    __tablename__ = "delivery_credit"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["order_id", "delivery_no", "line_no"],
            ["delivery_line.order_id", "delivery_line.delivery_no", "delivery_line.line_no"],
        ),
    )

    order_id: UUID = Field(primary_key=True)
    delivery_no: str = Field(primary_key=True, max_length=64)
    line_no: int = Field(primary_key=True)
    household_code: str = Field(primary_key=True, max_length=64)
    branch: IncomeBranch = Field(primary_key=True, sa_type=closed_code(IncomeBranch))
    amount: int = Field(sa_type=_LARGE)
    credit_id: UUID
    """The credit that stands in the household's ledger; where the amount is nothing, none does."""


class DeliveryKept(Base, table=True):
    """What a producer keeps of a settled delivery line, as it now stands."""

    __tablename__ = "delivery_kept"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["order_id", "delivery_no", "line_no"],
            ["delivery_line.order_id", "delivery_line.delivery_no", "delivery_line.line_no"],
        ),
    )

    order_id: UUID = Field(primary_key=True)
    delivery_no: str = Field(primary_key=True, max_length=64)
    line_no: int = Field(primary_key=True)
    producer_code: str = Field(primary_key=True, max_length=64)
    amount: int = Field(sa_type=_LARGE)


class OrderReturn(Base, table=True):
    """A return 退货 of goods of one delivery."""

    __tablename__ = "order_return"
    __table_args__ = (
        sa.ForeignKeyConstraint(["order_id", "delivery_no"], ["delivery.order_id", "delivery.delivery_no"]),
    )

    order_id: UUID = Field(primary_key=True)
    return_no: str = Field(primary_key=True, max_length=64)
    delivery_no: str = Field(max_length=64)
    status: ReturnStatus = Field(sa_type=closed_code(ReturnStatus))
    requested_on: dt.date
    restocked: bool
    """Whether the goods can be ordered again."""


class ReturnLine(Base, table=True):
    """What of a line is to go back."""

    __tablename__ = "return_line"
    __table_args__ = (
        sa.ForeignKeyConstraint(["order_id", "return_no"], ["order_return.order_id", "order_return.return_no"]),
    )

    order_id: UUID = Field(primary_key=True)
    return_no: str = Field(primary_key=True, max_length=64)
    line_no: int = Field(primary_key=True)
    quantity: int = Field(sa_type=_LARGE)
    reason: DefectReason = Field(sa_type=OpenCode(DefectReason))


class Adjustment(Base, table=True):
    """A price difference 价差 that the supply side proposes; one at a time."""

    __tablename__ = "adjustment"

    order_id: UUID = Field(primary_key=True, foreign_key="purchase_order.id")
    adjustment_no: int = Field(primary_key=True)
    status: AdjustmentStatus = Field(sa_type=closed_code(AdjustmentStatus))
    proposed_by: str = Field(max_length=64)
    """The client; it does not answer itself."""
    proposed_on: dt.date


class AdjustmentLine(Base, table=True):
    """The other price of a line."""

    __tablename__ = "adjustment_line"
    __table_args__ = (
        sa.ForeignKeyConstraint(["order_id", "adjustment_no"], ["adjustment.order_id", "adjustment.adjustment_no"]),
    )

    order_id: UUID = Field(primary_key=True)
    adjustment_no: int = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    price: int = Field(sa_type=_LARGE)
    reason: str = Field(max_length=2000)
    """May name people: it stays in this column."""


class ValueEntry(Base, table=True):
    """An entry of the buyer's account: a delivery line was settled, or its value restated. Added, never changed."""

    __tablename__ = "value_entry"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["order_id", "delivery_no", "line_no"],
            ["delivery_line.order_id", "delivery_line.delivery_no", "delivery_line.line_no"],
        ),
        sa.Index("ix_value_entry_buyer_code_entered_on", "buyer_code", "entered_on"),
    )

    order_id: UUID = Field(primary_key=True)
    delivery_no: str = Field(primary_key=True, max_length=64)
    line_no: int = Field(primary_key=True)
    entry_no: int = Field(primary_key=True)
    """0 for the settlement, then one for each time it was restated."""
    buyer_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    kind: EntryKind = Field(sa_type=OpenCode(EntryKind))
    cause: RestatementCause | None = Field(sa_type=OpenCode(RestatementCause))
    entered_on: dt.date
    amount: int = Field(sa_type=_LARGE)
    """By how much the value grew; below zero where it fell."""


class OrderDay(Base, table=True):
    """That an order changed on a day, and where it stood at the end of it."""

    __tablename__ = "order_day"

    changed_on: dt.date = Field(primary_key=True)
    order_id: UUID = Field(primary_key=True, foreign_key="purchase_order.id")
    buyer_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    status: OrderStatus = Field(sa_type=OpenCode(OrderStatus))
