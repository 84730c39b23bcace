"""Bodies of batches."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from services.consumption.products.schemas import ProductCode, QuantityShown, SomeQuantity
from shared.codes.consumption import InspectionResult
from shared.findings import WrongValue
from shared.http.fields import Body, Code, HouseholdCode, Text
from shared.words.said import says

BatchCode = Annotated[Code, Field(examples=["TEA-0001-20260412"])]
MAX_INSPECTIONS, MAX_CONTRIBUTIONS = 50, 1000
TRACE_PATH: Final = "/consumption/v1/trace/"


class Inspection(Body):
    """One inspection 检验."""

    kind: Annotated[Text, Field(max_length=64, examples=["农药残留"])]
    on: dt.date
    result: InspectionResult


class ContributionIn(Body):
    """What one household brought in 农户交货."""

    household_code: HouseholdCode
    quantity: SomeQuantity


class BatchIn(Body):
    """A batch 批次; the whole of it, every time."""

    product_code: ProductCode
    harvested_on: dt.date
    quantity: SomeQuantity = Field(description="In the unit of the product")
    base_code: Code | None = Field(None, description="菜篮子基地, where it grew on one")
    inspections: list[Inspection] = Field(
        [], max_length=MAX_INSPECTIONS, description="The last one counts: what failed it is not shipped"
    )
    contributions: list[ContributionIn] = Field([], max_length=MAX_CONTRIBUTIONS)

    @field_validator("inspections")
    @classmethod
    def _in_their_order(cls, inspections: list[Inspection]) -> list[Inspection]:
        return sorted(inspections, key=lambda inspection: inspection.on)

    @field_validator("contributions")
    @classmethod
    def _each_household_once(cls, contributions: list[ContributionIn]) -> list[ContributionIn]:
        if len({one.household_code for one in contributions}) < len(contributions):
            raise WrongValue(says("household-contributes-twice"))
        return sorted(contributions, key=lambda one: one.household_code)

    @model_validator(mode="after")
    def _no_more_than_there_is(self) -> Self:
        if sum(one.quantity for one in self.contributions) > self.quantity:
            raise WrongValue(says("contributions-above-batch"))
        return self


class ContributionOut(BaseModel):
    """What one household brought in."""

    household_code: str
    quantity: QuantityShown


class BatchOut(BaseModel):
    """A batch, for the supply side."""

    batch_code: str
    product_code: str
    harvested_on: dt.date
    quantity: QuantityShown
    base_code: str | None
    inspections: list[Inspection]
    contributions: list[ContributionOut]
    shipped: QuantityShown = Field(description="What has left in deliveries")
    trace_code: str = Field(description="追溯码: opaque, drawn once")
    trace_url: str = Field(description="What the label leads to")
    version: int
    updated_at: dt.datetime

    @classmethod
    def of(cls, row: Any, inspections: Sequence[Inspection], contributions: Sequence[ContributionOut]) -> Self:
        """A batch from its rows; `led_to` says where its label leads."""
        return cls(
            batch_code=row.code,
            product_code=row.product_code,
            harvested_on=row.harvested_on,
            quantity=row.quantity,
            base_code=row.base_code,
            inspections=list(inspections),
            contributions=list(contributions),
            shipped=row.shipped,
            trace_code=row.trace_code,
            trace_url="",
            version=row.version,
            updated_at=row.updated_at,
        )

    def led_to(self, base_url: str) -> Self:
        """The batch with the address of its public page, where the house is reached at this address."""
        return self.model_copy(update={"trace_url": f"{base_url}{TRACE_PATH}{self.trace_code}"})
