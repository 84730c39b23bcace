"""Events published by consumption 消费协作."""

import datetime as dt
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.codes.code import Open
from shared.codes.consumption import AdjustmentStatus, CancelReason, PurchaseWay, RestatementCause, ReturnStatus
from shared.codes.slow_sales import CallKind, SlowSaleLevel
from shared.contracts.help import HouseholdMove, IncomeCredit, IncomeWithdrawal, MeasureAnswer
from shared.contracts.payload import HouseholdCode, Payload, RegionCode
from shared.money import FenAsYuan


class Order(Payload):
    """An order 订单 of a partner buyer: counts and amounts only."""

    order_id: UUID = Field(description="The order, the same for every event of it")
    buyer_code: str = Field(description="The buyer 采购单位")
    lines: int = Field(ge=1, description="How many lines it has")


class OrderPlaced(Order):
    """A buyer ordered; the stock is reserved, and the supply side is asked to accept it."""

    event_type: ClassVar[str] = "consumption.order-placed.v1"

    total: FenAsYuan = Field(description="Value of what was ordered")
    way: Open[PurchaseWay] = Field(description="What it counts as")


class OrderCancelled(Order):
    """The order came to nothing, and its stock is given back."""

    event_type: ClassVar[str] = "consumption.order-cancelled.v1"

    reason: Open[CancelReason] = Field(description="Who took it back")


class OrderConfirmed(Order):
    """The supplier side accepted the order."""

    event_type: ClassVar[str] = "consumption.order-confirmed.v1"

    total: FenAsYuan = Field(description="Value of what was ordered")
    confirmed_on: dt.date = Field(description="Business date of the confirmation")


class OrderSettled(Order):
    """What arrived is paid, and split over the households and producers behind it."""

    event_type: ClassVar[str] = "consumption.order-settled.v1"

    total: FenAsYuan = Field(description="Value of what was received")
    to_households: FenAsYuan = Field(description="What went to households")
    to_producers: FenAsYuan = Field(description="What their producers keep: the rest of the total")
    households: int = Field(ge=0, description="How many households had a share")
    settled_on: dt.date = Field(description="Business date of the settlement")
    delivery_nos: list[str] = Field([], description="The deliveries it is about, as they were shipped")


class OrderRestated(Order):
    """What was settled of a delivery is worth something else now; the households behind it are credited anew."""

    event_type: ClassVar[str] = "consumption.order-restated.v1"

    cause: Open[RestatementCause] = Field(description="Why")
    delivery_no: str = Field(description="The delivery")
    before: FenAsYuan = Field(description="What was settled of it")
    after: FenAsYuan = Field(description="What it is worth now")
    to_households: FenAsYuan = Field(description="What of that households have")


class OrderDisputed(Order):
    """Lines that came are disputed: they are not settled before that ends."""

    event_type: ClassVar[str] = "consumption.order-disputed.v1"


class OrderClosed(Order):
    """Everything is settled, and the days within which something can go back are over."""

    event_type: ClassVar[str] = "consumption.order-closed.v1"


class _Delivery(Order):
    """A delivery 交付 of an order."""

    delivery_no: str = Field(description="The delivery, by its number within the order")
    value: FenAsYuan = Field(description="Value of what it brings")


class DeliveryShipped(_Delivery):
    """A delivery is on its way."""

    event_type: ClassVar[str] = "consumption.delivery-shipped.v1"

    shipped_on: dt.date = Field(description="Business date of the shipment")


class DeliveryReceived(_Delivery):
    """A delivery came; its value is without what was refused at the door."""

    event_type: ClassVar[str] = "consumption.delivery-received.v1"

    received_on: dt.date = Field(description="Business date of the receipt")


class AdjustmentProposed(Order):
    """The supply side proposes another price 价差 for lines of the order."""

    event_type: ClassVar[str] = "consumption.adjustment-proposed.v1"


class AdjustmentAnswered(Order):
    """The buyer answered a proposed price."""

    event_type: ClassVar[str] = "consumption.adjustment-answered.v1"

    answer: Open[AdjustmentStatus] = Field(description="Whether it was agreed to")


class _Return(Order):
    """A return 退货 of goods of one delivery."""

    return_no: str = Field(description="The buyer's number for it, within the order")
    delivery_no: str = Field(description="The delivery that brought them")


class ReturnRequested(_Return):
    """The buyer asks to give goods back."""

    event_type: ClassVar[str] = "consumption.return-requested.v1"


class ReturnAnswered(_Return):
    """The supply side answered; what is accepted leaves the value."""

    event_type: ClassVar[str] = "consumption.return-answered.v1"

    answer: Open[ReturnStatus] = Field(description="Whether it was accepted")


class ProductChanged(Payload):
    """A product 产品 is offered, or is offered otherwise: whoever keeps a catalogue asks for it anew."""

    event_type: ClassVar[str] = "consumption.product-changed.v1"

    product_code: str = Field(description="The product")
    producer_code: str = Field(description="Who offers it")
    commodity_code: str | None = Field(description="The commodity 大宗品类 it is of, where it is of a registered one")
    version: int = Field(ge=1, description="Of the offer")
    changed_on: dt.date = Field(description="Business date of the change")


class ProductRecognition(Payload):
    """A recognition 重点产品认定 of a product."""

    recognition_id: UUID = Field(description="The recognition, the same for every event of it")
    product_code: str = Field(description="The product")
    producer_code: str = Field(description="Who offered it when it was applied for")


class RecognitionGranted(ProductRecognition):
    """The county recognised the product."""

    event_type: ClassVar[str] = "consumption.recognition-granted.v1"

    valid_to: dt.date = Field(description="The last day of the recognition")
    granted_on: dt.date = Field(description="Business date of the recognition")


class RecognitionEnded(ProductRecognition):
    """The product is recognised no longer: its time is over, or the county revoked it."""

    event_type: ClassVar[str] = "consumption.recognition-ended.v1"

    cause: Literal["expired", "revoked"] = Field(description="Why it ended")
    ended_on: dt.date = Field(description="Business date on which it ended")


class MeasureAccepted(MeasureAnswer):
    """Somebody ordered what the household makes."""

    event_type: ClassVar[str] = "consumption.measure-accepted.v1"


class MeasureRefused(MeasureAnswer):
    """Nobody is there to buy it."""

    event_type: ClassVar[str] = "consumption.measure-refused.v1"


class MeasureCompleted(MeasureAnswer):
    """The order that answers it is settled."""

    event_type: ClassVar[str] = "consumption.measure-completed.v1"


class SaleCredited(IncomeCredit):
    """A household's share of a settled order line: operating, wage or property income."""

    event_type: ClassVar[str] = "consumption.income-credited.v1"


class SaleWithdrawn(IncomeWithdrawal):
    """Nothing is left of a household's share of a delivery line: what it came of went back."""

    event_type: ClassVar[str] = "consumption.income-withdrawn.v1"


class HouseholdMovedAway(HouseholdMove):
    """A household left a region: what this house does for it belongs to another one from now on."""

    event_type: ClassVar[str] = "consumption.household-moved-away.v1"


class SlowSale(Payload):
    """A slow-sale alert 滞销预警 of a commodity in a county."""

    alert_id: UUID = Field(description="The alert, the same for every event of it; orders name it as their incident")
    commodity_code: str = Field(description="The commodity 大宗品类")
    region_code: RegionCode = Field(description="Division code 区划代码 of the county, 12 digits")
    level: Open[SlowSaleLevel] = Field(description="How strong the signals are")
    episode: int = Field(ge=1, description="Counts the times this opened for this commodity and county")
    households: int = Field(ge=0, description="How many households have operating links to what does not sell")
    on: dt.date = Field(description="Business date of the change")


class SlowSaleRaised(SlowSale):
    """Something sells slowly; told again where a notice becomes a warning."""

    event_type: ClassVar[str] = "consumption.slow-sale-raised.v1"


class SlowSaleClosed(SlowSale):
    """Its cause is gone, or the county has ended it."""

    event_type: ClassVar[str] = "consumption.slow-sale-closed.v1"


class PurchaseCalled(Payload):
    """A county calls for purchases 消费倡议 of what does not sell; orders name the alert as their incident."""

    event_type: ClassVar[str] = "consumption.purchase-called.v1"

    alert_id: UUID = Field(description="The alert")
    commodity_code: str = Field(description="The commodity 大宗品类")
    region_code: RegionCode = Field(description="Division code 区划代码 of the county, 12 digits")
    call_no: int = Field(ge=1, description="The call, by its number within the alert")
    kind: Open[CallKind] = Field(description="What is asked for")
    quantity: str = Field(description="How much, in the unit of the commodity, with three decimals")
    price: FenAsYuan = Field(description="Of one unit")
    until: dt.date = Field(description="The last day of the call")
    called_on: dt.date = Field(description="Business date of the call")


class SlowSaleExposure(Payload):
    """A household with operating links 联农带农 to what does not sell."""

    alert_id: UUID = Field(description="The alert")
    household_code: HouseholdCode
    region_code: RegionCode
    commodity_code: str = Field(description="The commodity 大宗品类")
    on: dt.date = Field(description="Business date of the change")


class SlowSaleExposed(SlowSaleExposure):
    """What a household makes does not sell."""

    event_type: ClassVar[str] = "consumption.slow-sale-exposed.v1"


class SlowSaleRelieved(SlowSaleExposure):
    """It sells again, was ended by the county, or the household is linked to it no longer."""

    event_type: ClassVar[str] = "consumption.slow-sale-relieved.v1"
