"""Registers as reports, as they are asked for and answered."""

import datetime as dt
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, Self

from pydantic import BaseModel, Field

from services.monitoring.cases.store.standings import Standing
from services.monitoring.households.schemas import HouseholdListed, MemberOut
from services.monitoring.ledger.rules.income import IncomeMonth, IncomeStatement
from services.monitoring.reports.rules import Count
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.codes.monitoring import (
    Health,
    HouseholdCategory,
    HouseholdClass,
    Labour,
    MonitoringStatus,
    Relation,
    RiskKind,
    Sex,
)
from shared.http.fields import HouseholdCode
from shared.money import SignedFenAsYuan
from shared.months import Month
from shared.regions import RegionFilter, regions


class _Written(BaseModel):
    """How a report is written."""

    format: Literal["json", "xlsx", "pdf"] = Field("json", description="How the report is written")


class RegisterQuery(_Written):
    """Which region's register is asked for; it is as the ledgers stand."""

    region_code: RegionFilter | None = Field(None, description="All of the caller's regions where it is left out")


class IncomeBookQuery(_Written):
    """Whose book of income is asked for, and of which year."""

    household_code: HouseholdCode
    period: int = Field(ge=2000, le=2100, examples=[2026], description="The year")


class HouseholdLine(BaseModel):
    """A household in the register of a village 村有册."""

    household_code: str
    region_code: str
    head_name: str | None = Field(description="Name of the head 户主, masked for everybody")
    category: HouseholdCategory
    relocated: bool
    dibao: bool
    member_count: int
    monitoring: MonitoringStatus
    monitoring_class: HouseholdClass | None
    known_months: int = Field(description="Months of the income window that are known")
    net_income: SignedFenAsYuan | None = Field(description="Net income of the window; null where no month is known")
    per_head: SignedFenAsYuan | None
    schooling: ProtectionStatus
    medical: ProtectionStatus
    housing: ProtectionStatus
    water: ProtectionStatus
    risks: list[RiskKind] = Field(description="Kinds of its risks that are open")


class MemberLine(BaseModel):
    """A member in the electronic file of a county 县电子档案."""

    household_code: str
    region_code: str
    category: HouseholdCategory
    dibao: bool
    monitoring: MonitoringStatus
    member_no: int
    name: str
    relation: Relation
    sex: Sex
    birth_date: dt.date | None = Field(description="Null without `monitoring:pii`")
    id_number: str | None
    labour: Labour
    health: Health | None = Field(description="Null without `monitoring:pii`")
    student: bool
    risks: list[RiskKind] = Field(description="Kinds of the risks of the household that are open")


class TotalLine(BaseModel):
    """What the lines of one village come to."""

    region_code: str
    name: str = Field(description="Name of the village; of one that is not known, of what it lies in")
    households: int
    members: int
    lifted: int
    relocated: int
    dibao: int
    monitored: int
    at_risk: int

    @classmethod
    def of(cls, region_code: str, count: Count) -> Self:
        """The total of a village."""
        region = regions().nearest_known(region_code)
        return cls(
            region_code=region_code,
            name=region.name if region else region_code,
            households=count.households,
            members=count.members,
            **count.of_those,
        )


class VillageRegister(BaseModel):
    """The register of the villages of a region."""

    report: str = Field(examples=["village-register"])
    region_code: str | None
    households: list[HouseholdLine]
    totals: list[TotalLine] = Field(description="A line a village")


class CountyFile(BaseModel):
    """The electronic file of a county."""

    report: str = Field(examples=["county-file"])
    region_code: str | None
    members: list[MemberLine]
    totals: list[TotalLine] = Field(description="A line a village")


class BookMonth(BaseModel):
    """A month of a book of income that is known."""

    month: Month
    wage: SignedFenAsYuan
    operating: SignedFenAsYuan
    property: SignedFenAsYuan
    transfer: SignedFenAsYuan
    operating_cost: SignedFenAsYuan
    net: SignedFenAsYuan

    @classmethod
    def of(cls, month: int, sums: IncomeMonth) -> Self:
        """The sums of a month."""
        return cls(month=month, **_amounts(sums))


class BookTotals(BaseModel):
    """What the months of a book come to."""

    wage: SignedFenAsYuan
    operating: SignedFenAsYuan
    property: SignedFenAsYuan
    transfer: SignedFenAsYuan
    operating_cost: SignedFenAsYuan
    net: SignedFenAsYuan

    @classmethod
    def of(cls, sums: IncomeMonth) -> Self:
        """The sums of all months."""
        return cls(**_amounts(sums))


def _amounts(sums: IncomeMonth) -> dict[str, int]:
    return {
        "wage": sums.wage,
        "operating": sums.operating,
        "property": sums.property_,
        "transfer": sums.transfer,
        "operating_cost": sums.operating_cost,
        "net": sums.net,
    }


class IncomeBook(BaseModel):
    """The book of income of a household 收入增长工作档案."""

    report: Literal["income-book"] = "income-book"
    household_code: str
    period: str = Field(examples=["2026"], description="The year")
    months: list[BookMonth] = Field(description="Months of which an income is known; one that is none is `0.00`")
    totals: BookTotals
    missing: list[Month] = Field(description="Months of the year that are over and of which nothing is known")


class Registered(NamedTuple):
    """A household with what registers say of it."""

    household: HouseholdListed
    standing: Standing
    statement: IncomeStatement | None
    protections: Mapping[Protection, ProtectionStatus]
    risks: list[RiskKind]

    def line(self) -> HouseholdLine:
        """Its line in the register of a village."""
        income = self.statement
        known = None if income is None or not income.known else income
        return HouseholdLine(
            **self._said(HouseholdLine),
            monitoring_class=self.standing.household_class,
            known_months=0 if known is None else known.known,
            net_income=None if known is None else known.net,
            per_head=None if known is None else known.per_head,
            **{one.value: self.protections.get(one, ProtectionStatus.UNKNOWN) for one in Protection},
        )

    def members(self) -> list[MemberLine]:
        """Its lines in the file of a county, one a member."""
        said = self._said(MemberLine)
        return [MemberLine(**said, **_of_member(member)) for member in self.household.members]

    def counted(self) -> dict[str, bool]:
        """What is counted of it."""
        return {
            "lifted": self.household.category is HouseholdCategory.LIFTED,
            "relocated": self.household.relocated,
            "dibao": self.household.dibao,
            "monitored": self.standing.is_monitored,
            "at_risk": bool(self.risks),
        }

    def _said(self, line: type[BaseModel]) -> dict[str, object]:
        shown = {name: getattr(self.household, name) for name in line.model_fields if name in _OF_THE_HOUSEHOLD}
        return shown | {"monitoring": self.standing.status, "risks": self.risks}


def _of_member(member: MemberOut) -> dict[str, object]:
    return {name: getattr(member, name) for name in MemberLine.model_fields if name in MemberOut.model_fields}


_OF_THE_HOUSEHOLD: Final = frozenset(HouseholdListed.model_fields)
