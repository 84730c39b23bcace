"""HTTP bodies of the household register, in and out."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator

from shared.contracts.codes import Health, HouseholdCategory, HouseholdEndReason, Labour, Relation, Sex
from shared.http.fields import Body, Day, Identifier, MemberNo, RegionCode, Remark, Text

MAX_MEMBERS = 30
_ID_LENGTH = 18
_KEPT = "Needed of a new member; left out, what is registered stays"
IdNumber = Annotated[Identifier, Field(min_length=_ID_LENGTH, max_length=_ID_LENGTH)]


class MemberIn(Body):
    """A member 家庭成员 as registered. What the caller may not see is left out, and stays as it is registered."""

    member_no: MemberNo
    name: Text | None = Field(None, max_length=64, description=_KEPT)
    relation: Relation
    sex: Sex
    birth_date: Day | None = Field(None, description=_KEPT)
    birth_year: int | None = Field(None, strict=True, description="As it was shown: no other one is taken")
    id_number: IdNumber | None = Field(
        None,
        description="Resident identity number 公民身份号码. Left out, what is registered of the same person stays; "
        "null takes it away, for a caller who may see it",
    )
    labour: Labour
    health: Health | None = Field(None, description=_KEPT)
    student: StrictBool = False


class HouseholdIn(Body):
    """A household 农户 as registered; the whole of it, every time."""

    region_code: RegionCode
    category: HouseholdCategory
    relocated: StrictBool = False
    dibao: StrictBool = False
    registered_on: Day
    members: list[MemberIn] = Field(min_length=1, max_length=MAX_MEMBERS)

    @field_validator("members")
    @classmethod
    def _members_are_distinct(cls, members: list[MemberIn]) -> list[MemberIn]:
        if len({member.member_no for member in members}) < len(members):
            raise ValueError("two members carry the same member_no")
        return members


class MemberOut(BaseModel):
    """A member. Without `monitoring:pii` the name shows its first character and the identity number its first four."""

    model_config = ConfigDict(from_attributes=True)

    member_no: int
    name: str
    relation: Relation
    sex: Sex
    birth_date: dt.date | None = Field(description="Null without `monitoring:pii`")
    birth_year: int
    id_number: str | None
    labour: Labour
    health: Health | None = Field(description="Null without `monitoring:pii`")
    student: bool


class HouseholdOut(BaseModel):
    """A registered household."""

    household_code: str
    region_code: str
    category: HouseholdCategory
    relocated: bool
    dibao: bool
    registered_on: dt.date
    version: int
    members: list[MemberOut]
    ended_on: dt.date | None = Field(None, description="The day from which it is no more 注销日期")
    end_reason: HouseholdEndReason | None = None
    end_note: str | None = Field(None, description="Null without `monitoring:pii`")
    warnings: list[str] = Field(default=[], description="What should be checked at home; it does not stand in the way")


class EndIn(Body):
    """The end of a household 农户注销."""

    on: Day = Field(description="The day from which it is no more")
    reason: HouseholdEndReason
    note: Remark | None = Field(None, min_length=1, description="For whoever may see personal data")
