"""Cards of households, as they are asked for and answered."""

import datetime as dt
from typing import Literal, Self

from pydantic import BaseModel, Field

from services.monitoring.cases.store.standings import Standing
from services.monitoring.contacts.schemas import HouseholdContact
from services.monitoring.households.schemas import HouseholdListed, MemberOut
from services.monitoring.ledger.rules.income import IncomeStatement
from services.monitoring.protections.schemas import ProtectionOut
from services.monitoring.risks.schemas import OrderedRisk
from shared.codes.circumstances import DwellingGrade, LoanKind
from shared.codes.monitoring import ExpenseKind, HouseholdCategory, HouseholdClass, IncomeBranch, MonitoringStatus
from shared.http.fields import HouseholdCode
from shared.money import FenAsYuan, SignedFenAsYuan, Yuan
from shared.months import Month
from shared.quantities import Quantity
from shared.regions import regions


class CardQuery(BaseModel):
    """Whose card is asked for."""

    household_code: HouseholdCode
    format: Literal["json", "pdf"] = Field("json", description="How the card is written")


class CardIssued(BaseModel):
    """The code of a card. It is answered once and kept nowhere."""

    household_code: str
    token: str
    url: str = Field(description="Where the card is read, by whoever may read the household")
    qr_svg: str = Field(description="The address as a QR code 二维码, an SVG image")
    version: int = Field(description="How many codes the household was given; those before are void")
    issued_at: dt.datetime


class CardHousehold(BaseModel):
    """The household of a card."""

    household_code: str
    region_code: str
    region: str = Field(description="Names of the region, the widest first")
    category: HouseholdCategory
    relocated: bool
    dibao: bool
    monitoring: MonitoringStatus = Field(description="Where it stands in monitoring 监测状态")
    monitoring_class: HouseholdClass | None
    admitted_on: dt.date | None
    registered_on: dt.date
    head_name: str | None = Field(description="Name of the head 户主, masked for everybody")
    member_count: int
    ended_on: dt.date | None

    @classmethod
    def of(cls, shown: HouseholdListed, standing: Standing) -> Self:
        """The household as the caller may see it, and where it stands."""
        return cls(
            **{name: getattr(shown, name) for name in cls.model_fields if name in HouseholdListed.model_fields},
            region=" ".join(regions().path(shown.region_code)),
            monitoring=standing.status,
            monitoring_class=standing.household_class,
            admitted_on=standing.admitted_on,
        )


class CardMeans(BaseModel):
    """Means of production 生产条件."""

    arable_mu: Quantity
    forest_mu: Quantity
    road_km: Quantity
    tools: list[str]
    observed_on: dt.date


class CardDwelling(BaseModel):
    """Dwelling 住房."""

    grade: DwellingGrade
    only_home: bool
    checked_by: str
    observed_on: dt.date


class CardIncome(BaseModel):
    """Income of the window 家庭收入."""

    first: Month
    last: Month
    known_months: int
    wage: SignedFenAsYuan
    operating: SignedFenAsYuan
    property: SignedFenAsYuan
    transfer: SignedFenAsYuan
    operating_cost: SignedFenAsYuan
    net_income: SignedFenAsYuan
    per_head: SignedFenAsYuan | None
    compliant_self_paid: SignedFenAsYuan
    civil_per_head: SignedFenAsYuan | None = Field(description="As civil affairs 民政 reckon it")

    @classmethod
    def of(cls, statement: IncomeStatement) -> Self:
        """The income of a household."""
        return cls(
            first=statement.first,
            last=statement.last,
            known_months=statement.known,
            **{branch.value: statement.branches[branch] for branch in IncomeBranch},
            operating_cost=statement.operating_cost,
            net_income=statement.net,
            per_head=statement.per_head,
            compliant_self_paid=statement.compliant_self_paid,
            civil_per_head=statement.civil_per_head,
        )


class CardExpense(BaseModel):
    """Expense of one kind in the window 家庭支出."""

    kind: ExpenseKind
    amount: FenAsYuan
    self_paid_compliant: FenAsYuan
    reimbursed: FenAsYuan


class CardLoan(BaseModel):
    """What the household owes 负债."""

    kind: LoanKind
    balance: Yuan
    due_on: dt.date | None
    overdue: bool
    observed_on: dt.date


class HouseholdCardOut(BaseModel):
    """The card of a household 户有卡, out of the ledgers as they stand."""

    report: Literal["household-card"] = "household-card"
    household_code: str
    as_of: dt.date
    household: CardHousehold
    members: list[MemberOut]
    means: CardMeans | None = Field(description="Null where nothing was said")
    dwelling: CardDwelling | None = Field(description="Null where nothing was said")
    income: CardIncome | None = Field(description="Null where the policy names no window")
    expense: list[CardExpense]
    loans: list[CardLoan]
    protections: list[ProtectionOut]
    risks: list[OrderedRisk] = Field(description="Those that are open, the most pressing first, at most five")
    contacts: list[HouseholdContact]
