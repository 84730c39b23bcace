"""Events published by consumption 消费协作."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.help import HouseholdMove, IncomeCredit, MeasureAnswer
from shared.contracts.payload import Payload
from shared.money import FenAsYuan


class Order(Payload):
    """An order 订单 of a partner buyer: counts and amounts only."""

    order_id: UUID = Field(description="The order, the same for every event of it")
    buyer_code: str = Field(description="The buyer 采购单位")
    lines: int = Field(ge=1, description="How many lines it has")


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


class HouseholdMovedAway(HouseholdMove):
    """A household left a region: what this house does for it belongs to another one from now on."""

    event_type: ClassVar[str] = "consumption.household-moved-away.v1"
