"""Bodies of slow-sale alerts and of their incidents."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.consumption.commodities.schemas import CommodityCode
from services.consumption.products.schemas import QuantityShown, SomeQuantity
from services.consumption.slow_sales.procedure import TRANSITIONS
from shared.codes.slow_sales import (
    CallKind,
    ResponseLevel,
    SlowSaleAction,
    SlowSaleKind,
    SlowSaleLevel,
    SlowSaleStatus,
)
from shared.findings import WrongValue
from shared.http.fields import Body, Day, RegionCode, Remark
from shared.money import FenAsYuan, PositiveYuan, Yuan
from shared.words.said import says

MAX_HOUSEHOLDS = 1_000_000
"""No county has so many."""


class SlowSaleIn(Body):
    """What a village reports 滞销上报: something is or will be ripe, and nobody takes it."""

    commodity_code: CommodityCode
    region_code: RegionCode = Field(description="The village or township")
    quantity: SomeQuantity = Field(description="What does not sell, in the unit of the commodity")
    ripe_on: Day = Field(description="上市日期: the day on which it is ripe, or was")
    lowest_price: PositiveYuan = Field(description="最低售价, of one unit")


class CallIn(Body):
    """A call for purchases 消费倡议."""

    kind: CallKind
    quantity: SomeQuantity
    price: PositiveYuan = Field(description="Of one unit")
    until: Day = Field(description="The last day of the call")


class ClosingReportIn(Body):
    """The closing report of an incident 处置情况报告."""

    sold: SomeQuantity | None = Field(None, description="What was sold; null: nothing")
    price: PositiveYuan | None = Field(None, description="The mean price of it; null where nothing was sold")
    households: Annotated[int, Field(strict=True, ge=0, le=MAX_HOUSEHOLDS)] = Field(
        description="How many households it was sold for"
    )
    loss: Yuan = Field(description="What was lost, in yuan")
    after_care: Remark = Field(min_length=1, description="后续帮扶: insurance, replanting, who is looked after")

    @field_validator("price")
    @classmethod
    def _belongs_to_a_sale(cls, price: int | None, info: ValidationInfo) -> int | None:
        if (price is None) != (info.data.get("sold") is None):
            raise WrongValue(says("sold-and-price-together"))
        return price


class SlowSaleTransitionIn(Body):
    """What is done with an alert."""

    action: SlowSaleAction
    note: Remark | None = Field(None, min_length=1, description="For the history", validate_default=True)
    response_level: ResponseLevel | None = Field(None, description="With `respond`; null leaves it as it is")
    call: CallIn | None = Field(None, description="With `call`", validate_default=True)
    closing_report: ClosingReportIn | None = Field(None, description="With `close`", validate_default=True)

    @field_validator("note")
    @classmethod
    def _says_why_it_is_rejected(cls, note: str | None, info: ValidationInfo) -> str | None:
        if note is None and info.data.get("action") in TRANSITIONS.needing("note"):
            raise WrongValue(says("rejection-needs-note"))
        return note

    @field_validator("call", "closing_report")
    @classmethod
    def _belongs_to_its_step(cls, said: Body | None, info: ValidationInfo) -> Body | None:
        needed = info.data.get("action") in TRANSITIONS.needing(str(info.field_name))
        if needed and said is None:
            raise WrongValue(says("step-needs-this"))
        if said is not None and not needed and "action" in info.data:
            raise WrongValue(says("step-without-this"))
        return said


class CallOut(BaseModel):
    """A call for purchases."""

    call_no: int
    kind: CallKind
    quantity: QuantityShown
    price: FenAsYuan
    until: dt.date
    on: dt.date


class IncidentOrders(BaseModel):
    """The orders that name the incident, without those that were cancelled."""

    orders: int
    value: FenAsYuan = Field(description="What was ordered")


class ClosingReportOut(BaseModel):
    """The closing report."""

    sold: QuantityShown | None
    price: FenAsYuan | None
    households: int
    loss: FenAsYuan
    after_care: str


class SlowSaleIncidentOut(BaseModel):
    """The incident 应急处置 of a warning."""

    response_level: ResponseLevel
    acts: str | None = Field(
        description="Which region level leads, `county` for example; null where the policy has the level no longer"
    )
    households: int = Field(description="How many households are exposed now, or were when it ended")
    calls: list[CallOut]
    orders: IncidentOrders
    closing_report: ClosingReportOut | None


class SlowSaleReason(BaseModel):
    """One signal, with its figures and the parameters it rests on."""

    rule: str
    text: str
    inputs: dict[str, Any]
    parameters: list[dict[str, Any]]


class HistoryEntry(BaseModel):
    """One thing that happened to an alert."""

    at: dt.datetime
    action: str = Field(description="`raise`, `report`, `rise`, `ease`, or what a person did")
    by: str = Field(description="The client that acted, or `rules`")
    status: SlowSaleStatus = Field(description="Where it stood afterwards")
    note: str | None


class SlowSaleOut(BaseModel):
    """A slow-sale alert 滞销预警."""

    alert_id: UUID = Field(validation_alias="id")
    kind: SlowSaleKind
    commodity_code: str
    region_code: str = Field(description="The county")
    place_code: str = Field(description="The village that reported it, else the county")
    level: SlowSaleLevel = Field(description="What a village reported is a notice until the county confirms it")
    status: SlowSaleStatus
    episode: int
    opened_on: dt.date | None = Field(description="Null while a report is not confirmed")
    closed_on: dt.date | None = Field(description="The day on which its cause was gone, or it was ended")
    reasons: list[SlowSaleReason]
    quantity: QuantityShown | None = Field(description="What a village reported")
    ripe_on: dt.date | None
    lowest_price: FenAsYuan | None
    incident: SlowSaleIncidentOut | None = Field(description="Of a warning")
    updated_at: dt.datetime
    history: list[HistoryEntry] = Field(description="The oldest first")
    allowed_actions: list[SlowSaleAction] = Field(description="What you may do with it now")
