"""Household events as they are sent and answered."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, TypeAdapter, field_validator

from services.monitoring.households.schemas import MAX_MEMBERS, MemberIn
from shared.codes.monitoring import HouseholdEndReason, JoinReason, LeaveReason
from shared.findings import WrongValue
from shared.http.batches import MAX_ITEMS
from shared.http.fields import Body, Day, HouseholdCode, MemberNo, Reference, RegionCode, Remark, Source
from shared.words.said import says


class HouseholdEventIn(Body):
    """What happened to a household, as a source says it. The same reference again is the same event."""

    source: Source = Field(examples=["public-security"])
    source_ref: Reference
    household_code: HouseholdCode
    on: Day = Field(description="The day from which it is so")
    event: str

    def content_hash(self) -> str:
        """What two events under one reference have in common. Name and identity number leave no trace in it."""
        said = self.model_dump_json(exclude={"member": {"name", "id_number"}, "note": True})
        return hashlib.sha256(said.encode()).hexdigest()


class NewHousehold(Body):
    """The household that is founded by those who leave."""

    household_code: HouseholdCode
    head: MemberNo = Field(description="Which of them is its head 户主")


class SplitIn(HouseholdEventIn):
    """Members become a household of their own 分户: they keep their numbers, and what they earned goes with them."""

    event: Literal["split"]
    members: list[MemberNo] = Field(min_length=1, max_length=MAX_MEMBERS)
    new: NewHousehold

    @field_validator("members")
    @classmethod
    def _members_are_distinct(cls, members: list[int]) -> list[int]:
        if len(set(members)) < len(members):
            raise WrongValue(says("one-member-number-twice"))
        return members


class MergeIn(HouseholdEventIn):
    """All members belong to another household 并户, with the next free numbers; this one ends."""

    event: Literal["merge"]
    into: HouseholdCode


class MoveIn(HouseholdEventIn):
    """The whole household moves 迁移."""

    event: Literal["move"]
    region_code: RegionCode
    keep_origin: StrictBool = Field(False, description="Its land stays where it was 人地分离")


class DeathIn(HouseholdEventIn):
    """A member died 死亡."""

    event: Literal["death"]
    member_no: MemberNo


class LeaveIn(HouseholdEventIn):
    """A member left 人员减少, for no household that is registered here yet."""

    event: Literal["leave"]
    member_no: MemberNo
    reason: LeaveReason


class JoinIn(HouseholdEventIn):
    """Somebody came 人员增加."""

    event: Literal["join"]
    member: MemberIn
    reason: JoinReason


class EndEventIn(HouseholdEventIn):
    """The household is no more 注销."""

    event: Literal["end"]
    reason: HouseholdEndReason
    note: Remark | None = Field(None, min_length=1, description="For whoever may see personal data")


AnyHouseholdEvent = Annotated[
    SplitIn | MergeIn | MoveIn | DeathIn | LeaveIn | JoinIn | EndEventIn,
    Field(discriminator="event", title="HouseholdEventIn"),
]
EVENT_MODELS: Final[Mapping[str, type[HouseholdEventIn]]] = {
    "split": SplitIn,
    "merge": MergeIn,
    "move": MoveIn,
    "death": DeathIn,
    "leave": LeaveIn,
    "join": JoinIn,
    "end": EndEventIn,
}
"""By kind of event, what it says."""
HOUSEHOLD_EVENT: Final[TypeAdapter[HouseholdEventIn]] = TypeAdapter(AnyHouseholdEvent)


class HouseholdEventBatchIn(Body):
    """Up to 1,000 events; each is answered on its own unless `atomic`."""

    atomic: StrictBool = Field(False, description="One that is refused refuses all")
    events: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)


class HouseholdEventBatchDocument(HouseholdEventBatchIn):
    """The batch as documented: every item is an event."""

    events: list[AnyHouseholdEvent] = Field(min_length=1, max_length=MAX_ITEMS)


class HouseholdEventStored(BaseModel):
    """The answer to one event."""

    event_id: UUID
    status: Literal["stored", "duplicate"]


class HouseholdEventItem(BaseModel):
    """The answer to one event of a batch."""

    index: int
    source: str | None
    source_ref: str | None
    status: int = Field(examples=[201], description="201 stored, 200 the same again, or why not: 403, 404, 409, 422")
    event_id: UUID | None
    problem: dict[str, Any] | None


class HouseholdEventBatchAnswer(BaseModel):
    """The answer to a batch."""

    accepted: int
    duplicate: int
    rejected: int
    items: list[HouseholdEventItem] = Field(description="In the order sent; with `return=rejected` those refused")
