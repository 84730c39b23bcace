"""Households of the low-income population, as they are answered."""

from pydantic import BaseModel, ConfigDict, Field

from shared.codes.monitoring import LowIncomeClass
from shared.money import SignedFenAsYuan


class LowIncomeOut(BaseModel):
    """A household of the low-income population 低收入人口."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    household_code: str
    region_code: str
    class_: LowIncomeClass = Field(alias="class", description="The first that fits")
    undecided: list[LowIncomeClass] = Field(
        description="Classes before it of which nothing can be said: months are unknown, or the policy lacks a value"
    )
    head_name: str | None = Field(description="Name of the head 户主, masked for everybody; null where there is none")
    member_count: int
    per_head: SignedFenAsYuan | None = Field(
        description="Income of the window as civil affairs 民政 reckon it; null where no month of it is known"
    )
    compliant_self_paid: SignedFenAsYuan = Field(description="Compliant self-paid expense of the window 合规自付支出")
    known_months: int = Field(description="Months of the window that are known")
