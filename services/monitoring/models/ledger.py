"""Tables of the income ledger."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import FEN, KEPT_BY_KEY, Base


class LedgerMonth(Base, table=True):
    """Sums of one household and month over the facts that count, in fen: the income ledger 收入台账."""

    __tablename__ = "ledger_month"
    __table_args__ = KEPT_BY_KEY

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    month: int = Field(primary_key=True)
    wage: int = Field(sa_type=FEN)
    operating: int = Field(sa_type=FEN)
    property_: int = Field(sa_type=FEN)
    transfer: int = Field(sa_type=FEN)
    operating_cost: int = Field(sa_type=FEN)
    self_paid_compliant: int = Field(sa_type=FEN)
    income_facts: int
    """How many income facts count; none means the month is unknown, not zero."""
    work_cost: int = Field(0, sa_type=FEN, sa_column_kwargs={"server_default": "0"})
    """Cost of going to work 务工成本 beside what is compliant self-paid."""


class MedicalMonth(Base, table=True):
    """Self-paid medical cost of one person and month, in fen; person `NOBODY` where no member was named."""

    __tablename__ = "medical_month"
    __table_args__ = KEPT_BY_KEY

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    person_id: UUID = Field(primary_key=True)
    month: int = Field(primary_key=True)
    self_paid: int = Field(sa_type=FEN)


class EducationMonth(Base, table=True):
    """Education cost less reimbursed of one person and month, in fen; person `NOBODY` where no member was named."""

    __tablename__ = "education_month"
    __table_args__ = KEPT_BY_KEY

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    person_id: UUID = Field(primary_key=True)
    month: int = Field(primary_key=True)
    self_paid: int = Field(sa_type=FEN)


class IncomeLeaf(Base, table=True):
    """Income of one leaf 收入明细 as one source reports it, in fen; its row goes when the fact is superseded."""

    __tablename__ = "income_leaf"
    __table_args__ = (sa.Index("ix_income_leaf_household_code_month", "household_code", "month"),)

    fact_id: UUID = Field(primary_key=True, foreign_key="fact.id")
    household_code: str = Field(foreign_key="household.code", max_length=64)
    person_id: UUID
    month: int
    leaf: str = Field(max_length=32)
    source: str = Field(max_length=64)
    wage: int = Field(sa_type=FEN)
    operating: int = Field(sa_type=FEN)
    property_: int = Field(sa_type=FEN)
    transfer: int = Field(sa_type=FEN)
    operating_cost: int = Field(sa_type=FEN)
    income_facts: int


class HouseholdWindow(Base, table=True):
    """The income window of a household kept ready, so that judging never scans its history."""

    __tablename__ = "household_window"
    __table_args__ = KEPT_BY_KEY

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    anchor: int
    """Last month of the window; 0 until the household is judged for the first time."""
    length: int
    net: int = Field(sa_type=FEN)
    self_paid: int = Field(sa_type=FEN)
    known_mask: int
    previous_net: int = Field(sa_type=FEN)
    previous_mask: int
    quarter_net: int = Field(sa_type=FEN)
    previous_quarter_net: int = Field(sa_type=FEN)
    evidence: str = Field(sa_type=sa.Text, sa_column_kwargs={"server_default": ""})
    """The tables of evidence in which the household may have rows, by name, with a space between them."""
    judged_on: dt.date | None = None
    """Decision date of the last judgement: no later one goes before it."""
    due_after: dt.date | None = Field(None, index=True)
    """Something is unjudged: a screening on a later day than this judges the household."""
