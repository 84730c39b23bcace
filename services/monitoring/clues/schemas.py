"""HTTP bodies of clues, in and out."""

import datetime as dt
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StrictBool, ValidationInfo, field_validator, model_validator

from shared.codes.assistance import TaskVerdict
from shared.codes.code import Open
from shared.codes.monitoring import ClueAction, ClueChannel, ClueOutcome, ClueReason, ClueStatus, RiskKind
from shared.findings import WrongValue
from shared.http.batches import MAX_ITEMS
from shared.http.fields import (
    Body,
    Day,
    HouseholdCode,
    KnownIdNumber,
    MemberNo,
    Reference,
    RegionCode,
    Remark,
    Source,
    Text,
)
from shared.words.said import says

MAX_KINDS = 5
MAX_INDICATOR = 128


def _as_codes_are(channel: ClueChannel) -> ClueChannel:
    if channel.is_known or all(part.isascii() and part.isalnum() for part in channel.split("_")):
        return channel
    raise WrongValue(says("channel-ill-formed"))


Channel = Annotated[Open[ClueChannel], AfterValidator(_as_codes_are)]
"""By which way a clue came: one that this release does not know stays as it came."""


def _each_once(kinds: list[RiskKind]) -> list[RiskKind]:
    if len(set(kinds)) < len(kinds):
        raise WrongValue(says("kind-named-twice"))
    return kinds


class ClueIn(Body):
    """A clue 线索 as it is sent. It names a household, or a person by identity number, or at least a region."""

    source: Source
    source_ref: Reference
    channel: Channel
    household_code: HouseholdCode | None = None
    id_number: KnownIdNumber | None = Field(None, description="Asked for where no household is named; never shown")
    member_no: MemberNo | None = Field(None, description="Whom of the household it is about")
    region_code: RegionCode | None = Field(
        None, description="Where it lives; needed where no household is named and none is found"
    )
    received_on: Day
    indicator: Annotated[Text, Field(max_length=MAX_INDICATOR)] = Field(
        description="What gave the warning, as the sender calls it", examples=["医疗自付超过预警线"]
    )
    kinds: Annotated[list[RiskKind], Field(max_length=MAX_KINDS), AfterValidator(_each_once)] = Field(
        description="What may threaten the household, at most five"
    )
    note: Remark | None = Field(None, min_length=1)

    @field_validator("member_no")
    @classmethod
    def _is_of_a_household(cls, member_no: int | None, info: ValidationInfo) -> int | None:
        if member_no is not None and info.data.get("household_code") is None:
            raise WrongValue(says("member-without-household"))
        return member_no


class ClueBatchIn(Body):
    """Up to 1,000 clues; each is answered on its own unless `atomic`."""

    atomic: StrictBool = Field(False, description="Store all or, if any is refused, none")
    clues: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)


class ClueBatchDocument(ClueBatchIn):
    """The batch as documented: every item is a clue."""

    clues: list[ClueIn] = Field(min_length=1, max_length=MAX_ITEMS)


class ClueStored(BaseModel):
    """The answer to one clue."""

    clue_id: UUID
    status: Literal["stored", "duplicate"]
    warnings: list[str] = Field(description="What should be looked at; it does not stand in the way")


class ClueItem(BaseModel):
    """The answer to one clue of a batch."""

    index: int
    source: str | None = Field(description="As it was sent; null where it is no text")
    source_ref: str | None = Field(description="As it was sent; null where it is no text")
    status: int = Field(examples=[201], description="201 stored, 200 the same again, or why not: 403, 404, 409, 422")
    clue_id: UUID | None
    warnings: list[str]
    problem: dict[str, Any] | None


class ClueBatchAnswer(BaseModel):
    """The answer to a batch of clues."""

    accepted: int
    duplicate: int
    rejected: int
    items: list[ClueItem] = Field(description="In the order sent; with `return=rejected` those that were refused")


class _Verdict(Body):
    """What a check found."""

    on: Day | None = Field(None, description="The day of the check; today where it is left out")
    verdict: TaskVerdict | None = Field(None, description="Needed by `answer`")
    reason: ClueReason | None = Field(
        None, description="Why there is no risk; needed by `no_risk`", validate_default=True
    )
    note: Remark | None = Field(None, min_length=1, description="For the history of the clue")

    @field_validator("reason")
    @classmethod
    def _of_no_risk(cls, reason: ClueReason | None, info: ValidationInfo) -> ClueReason | None:
        verdict = info.data.get("verdict")
        if verdict is TaskVerdict.NO_RISK and reason is None:
            raise WrongValue(says("no-risk-needs-a-reason"))
        if verdict is not TaskVerdict.NO_RISK and reason is not None:
            raise WrongValue(says("reason-without-no-risk"))
        return reason


class ClueTransitionIn(_Verdict):
    """What is done with a clue: `answer`, `withdraw` or `match`."""

    action: Literal[ClueAction.ANSWER, ClueAction.WITHDRAW, ClueAction.MATCH]
    household_code: HouseholdCode | None = Field(None, description="Needed by `match`")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if (self.verdict is not None) is not (self.action is ClueAction.ANSWER):
            raise WrongValue(says("verdict-belongs-to-answer"))
        if (self.household_code is not None) is not (self.action is ClueAction.MATCH):
            raise WrongValue(says("household-belongs-to-match"))
        return self


class VerdictIn(_Verdict):
    """The verdict about one clue, which is named by id or by source and reference."""

    clue_id: UUID | None = None
    source: Source | None = None
    source_ref: Reference | None = None
    verdict: TaskVerdict

    @model_validator(mode="after")
    def _names_a_clue(self) -> Self:
        named = (self.source is not None, self.source_ref is not None)
        if named != ((self.clue_id is None),) * 2:
            raise WrongValue(says("name-the-clue"))
        return self


class VerdictsIn(Body):
    """Up to 1,000 verdicts, each answered by itself."""

    verdicts: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)


class VerdictsDocument(VerdictsIn):
    """The verdicts as documented."""

    verdicts: list[VerdictIn] = Field(min_length=1, max_length=MAX_ITEMS)


class VerdictItem(BaseModel):
    """What became of one verdict."""

    index: int
    clue_id: UUID | None = Field(description="Null where the verdict names none")
    status: int = Field(examples=[200], description="200, also for the same again, or why not: 403, 404, 409, 422")
    problem: dict[str, Any] | None


class VerdictsAnswer(BaseModel):
    """The answer to verdicts."""

    accepted: int
    duplicate: int
    rejected: int
    items: list[VerdictItem] = Field(description="In the order sent; with `return=rejected` those that were refused")


class ClueStepOut(BaseModel):
    """One step that was taken with a clue, or that it took by itself."""

    at: dt.datetime
    action: ClueAction
    on: dt.date | None
    by: str = Field(description="The client; `system` for what came by itself")
    status: ClueStatus = Field(description="Where the clue stood afterwards")
    note: str | None = Field(description="Null without `monitoring:pii`")
    acted_for: str | None = Field(None, description="The level for which a caller of a wider region acted")


class AnswerOut(BaseModel):
    """The answer to a clue 反馈."""

    verdict: TaskVerdict
    reason: ClueReason | None = Field(description="Null where it is confirmed, or a task found no risk")
    answered_on: dt.date
    outcome: ClueOutcome = Field(description="What became of the household since")


class ClueOut(BaseModel):
    """A clue 线索 as it was sent, and what became of it. The identity number is never shown."""

    clue_id: UUID
    source: str
    source_ref: str
    channel: ClueChannel
    household_code: str | None = Field(description="Null until a household is found")
    member_no: int | None = Field(description="Null without `monitoring:pii` where it would tell who is ill")
    region_code: str
    received_on: dt.date
    indicator: str | None = Field(description="Null without `monitoring:pii` where it would tell of an illness")
    kinds: list[RiskKind]
    note: str | None = Field(description="Null without `monitoring:pii`")
    status: ClueStatus
    joined_to: UUID | None = Field(description="The clue of the household whose verdict answers this one, too")
    risk_id: UUID | None = Field(description="The risk whose task answers it, or that its confirmation raised")
    case_id: UUID | None
    owner_level: str = Field(description="The region level whose duty the check is")
    owner_region: str
    due_on: dt.date | None = Field(description="The last working day for the answer; null where the policy has none")
    due_provisional: bool
    overdue: bool
    answer: AnswerOut | None
    received_at: dt.datetime
    updated_at: dt.datetime
    history: list[ClueStepOut] = Field(description="The oldest first")
    allowed_actions: list[ClueAction] = Field(description="What you may do with it now")


class SourceStatistics(BaseModel):
    """What became of the clues of one source, as they stand now."""

    source: str
    sent: int
    matched: int = Field(description="A household is known")
    ambiguous: int
    unmatched: int
    linked: int = Field(description="Wait for the task of a risk")
    confirmed: int
    no_risk: int
    open: int
    overdue: int
    withdrawn: int
    answered_in_time: int
    median_days: int | None = Field(description="Whole days from receipt to answer; null where none was answered")


class ClueStatistics(BaseModel):
    """What became of clues, by source."""

    items: list[SourceStatistics]
