"""Codes of other platforms, and the sheets for them, as they are sent and answered."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, Self

from pydantic import BaseModel, Field

from services.monitoring.exchange.rules import Fault
from services.monitoring.households.schemas import HouseholdListed, MemberOut
from shared.codes.monitoring import (
    ExchangeSystem,
    Health,
    HouseholdCategory,
    Labour,
    Relation,
    RiskKind,
    Sex,
)
from shared.http.fields import Body, Code, HouseholdCode
from shared.http.reports import ReportQuery
from shared.months import Month


class ExternalCodeIn(Body):
    """The code under which a platform knows a household 外部系统户编码."""

    code: Code | None = Field(examples=["52062600100100012"], description="Null takes it away")


class ExternalCodeOfFile(Body):
    """A code as a row of a file says it."""

    household_code: HouseholdCode
    system: ExchangeSystem
    code: Code


class ExternalCodeOut(BaseModel):
    """The code of one platform."""

    household_code: str
    system: ExchangeSystem
    code: str | None = Field(description="Null: it was taken away")
    version: int
    updated_at: dt.datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """A code from its row."""
        return cls.model_validate(row, from_attributes=True)


class ExchangeRow(BaseModel):
    """A member of a household, as a line of the sheet to upload."""

    external_code: str | None = Field(description="Null: the platform does not know the household yet")
    household_code: str
    region_code: str
    category: HouseholdCategory
    relocated: bool
    dibao: bool
    registered_on: dt.date
    member_no: int
    name: str
    relation: Relation
    sex: Sex
    birth_date: dt.date | None = Field(description="Null without `monitoring:pii`")
    id_number: str | None
    labour: Labour
    health: Health | None = Field(description="Null without `monitoring:pii`")
    student: bool
    risks: list[RiskKind] = Field(description="Kinds of the risks of the household that are open now")


class HeldBackRow(BaseModel):
    """Why a household is held back 暂缓上报: the platform would refuse it, or its data are wrong."""

    external_code: str | None
    household_code: str
    region_code: str
    member_no: int | None = Field(description="Null where it is about the household as a whole")
    rule: str
    text: str


class ExchangeQuery(ReportQuery):
    """What the report for a platform can be asked for."""

    mapping: str | None = Field(
        None, max_length=64, description="Of a file: the mapping whose headings and words its first sheet has"
    )


class ExchangeReport(BaseModel):
    """What goes to a platform, and what is held back until it is put right."""

    report: str = Field(examples=["exchange-national"])
    region_code: str | None
    period: Month | None
    upload: list[ExchangeRow]
    held_back: list[HeldBackRow]


class Exchanged(NamedTuple):
    """A household with what the sheets say of it."""

    household: HouseholdListed
    external_code: str | None
    risks: Sequence[RiskKind]
    faults: Sequence[Fault]

    def upload(self) -> Iterator[ExchangeRow]:
        """Its lines in the sheet to upload; none where it is held back."""
        if not self.faults:
            yield from map(self._line, self.household.members)

    def held_back(self) -> Iterator[HeldBackRow]:
        """Its lines in the sheet of those held back, one for each error."""
        shown = self.household
        for fault in self.faults:
            yield HeldBackRow(
                external_code=self.external_code,
                household_code=shown.household_code,
                region_code=shown.region_code,
                member_no=fault.member_no,
                rule=fault.rule,
                text=fault.said.text,
            )

    def _line(self, member: MemberOut) -> ExchangeRow:
        said = {name: getattr(self.household, name) for name in _OF_THE_HOUSEHOLD}
        said |= {name: getattr(member, name) for name in _OF_THE_MEMBER}
        return ExchangeRow(external_code=self.external_code, risks=list(self.risks), **said)


_OF_THE_HOUSEHOLD: Final = tuple(name for name in ExchangeRow.model_fields if name in HouseholdListed.model_fields)
_OF_THE_MEMBER: Final = tuple(name for name in ExchangeRow.model_fields if name in MemberOut.model_fields)
