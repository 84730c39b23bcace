"""HTTP bodies of assistance, in and out."""

import datetime as dt
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationInfo, field_validator

from services.assistance.rules import TaskChange
from shared.contracts.codes import (
    IncomeBranch,
    MeasureKind,
    MeasureStatus,
    RefusalReason,
    RiskGrade,
    RiskKind,
    TaskAction,
    TaskStatus,
    TaskVerdict,
    WithdrawalReason,
)
from shared.contracts.monitoring import Clue
from shared.http.fields import Body, HouseholdCode, MemberNo, Reference, Remark, Source
from shared.money import FenAsYuan, PositiveYuan
from shared.months import Month


class TransitionIn(Body):
    """What is done with a task."""

    action: TaskAction
    verdict: TaskVerdict | None = Field(
        None, validate_default=True, description="What the visit found: needed with `verify`, refused with the rest"
    )
    note: Remark | None = Field(None, min_length=1, description="For the history of the task")

    @field_validator("verdict")
    @classmethod
    def _belongs_to_verify(cls, verdict: TaskVerdict | None, info: ValidationInfo) -> TaskVerdict | None:
        verifies = info.data.get("action") is TaskAction.VERIFY
        if verifies and verdict is None:
            raise ValueError("verify needs a verdict: confirmed or no_risk")
        if verdict is not None and "action" in info.data and not verifies:
            raise ValueError("a verdict comes with verify only")
        return verdict


class HistoryEntry(BaseModel):
    """One thing that happened to a task."""

    at: dt.datetime
    action: TaskAction | TaskChange = Field(description="What a person did, or what the risk caused")
    by: str = Field(description="The client that acted, or `system`")
    status: TaskStatus = Field(description="Where the task stood afterwards")
    note: str | None = Field(description="What the person wrote; from the system the grade and the rules of the risk")
    verdict: TaskVerdict | None
    clue: Clue | None = Field(None, description="What led to it, where the risk did")


class MeasureIn(Body):
    """Help that a task asks for."""

    kind: MeasureKind
    note: Remark | None = Field(None, min_length=1, description="For those who work on the task")
    member_no: MemberNo | None = Field(None, description="The member a job is for; refused with the rest")
    amount: PositiveYuan | None = Field(
        None, validate_default=True, description="What is asked for: needed with `transfer`, refused with the rest"
    )

    @field_validator("member_no")
    @classmethod
    def _is_for_a_job(cls, member_no: int | None, info: ValidationInfo) -> int | None:
        if member_no is not None and info.data.get("kind", MeasureKind.JOB) is not MeasureKind.JOB:
            raise ValueError("only a job is for one member")
        return member_no

    @field_validator("amount")
    @classmethod
    def _belongs_to_cash(cls, amount: int | None, info: ValidationInfo) -> int | None:
        kind = info.data.get("kind")
        if kind is MeasureKind.TRANSFER and amount is None:
            raise ValueError("transfer needs an amount")
        if amount is not None and kind not in (None, MeasureKind.TRANSFER):
            raise ValueError("an amount comes with transfer only")
        return amount


class MeasureOut(BaseModel):
    """A measure 帮扶措施."""

    model_config = ConfigDict(from_attributes=True)

    measure_id: UUID = Field(validation_alias="id")
    task_id: UUID
    household_code: str
    kind: MeasureKind
    status: MeasureStatus
    reason: RefusalReason | None = Field(description="Why it cannot be met, where it was refused")
    member_no: int | None
    amount: FenAsYuan | None = Field(description="In yuan; what cash is asked for")
    paid: FenAsYuan | None = Field(description="In yuan; what was paid of it. Null where no cash is asked for")
    note: str | None
    requested_at: dt.datetime
    requested_by: str
    answer_by: dt.date | None = Field(description="答复时限; null where the policy has no value for it")
    answer_provisional: bool = Field(description="Counted on working days that are not officially announced yet")
    answered_at: dt.datetime | None = Field(description="When it came to where it stands; null while nobody answered")
    correlation_id: str = Field(description="The chain of its task; what comes of it belongs to it")


class TaskOut(BaseModel):
    """A task 帮扶任务."""

    model_config = ConfigDict(from_attributes=True)

    task_id: UUID = Field(validation_alias="id")
    household_code: str
    region_code: str
    kind: RiskKind
    risk_id: UUID
    episode: int
    status: TaskStatus
    grade: RiskGrade
    opened_at: dt.datetime
    due_on: dt.date | None = Field(description="办理时限; null where the policy has no value for it")
    due_provisional: bool = Field(description="Counted on working days that are not officially announced yet")
    verdict: TaskVerdict | None
    updated_at: dt.datetime = Field(description="When it or one of its measures changed last")
    history: list[HistoryEntry] = Field(description="The oldest first")
    measures: list[MeasureOut] = Field(description="What was asked for, the oldest first")


class DisbursementReference(Body):
    """Names a disbursement by who paid it and under which reference."""

    source: Source = Field(examples=["civil-affairs"])
    source_ref: Reference


class DisbursementIn(Body):
    """Cash paid to a household."""

    source: Source = Field(examples=["civil-affairs"])
    source_ref: Reference = Field(description="Their own number of the payment; unique per source")
    household_code: HouseholdCode
    measure_id: UUID | None = Field(None, description="The measure it answers, which is completed by it")
    kind: str = Field(pattern=r"^[a-z_]{1,32}$", examples=["temporary_relief"], description="What was paid, as a code")
    month: Month = Field(description="The month it is for")
    amount: PositiveYuan
    instalment: StrictBool = Field(
        False, description="A part of what the measure asked for: more follows, up to its amount"
    )
    supersedes: DisbursementReference | None = Field(None, description="The disbursement that this one corrects")


class DisbursementOut(BaseModel):
    """A disbursement 发放."""

    model_config = ConfigDict(from_attributes=True)

    disbursement_id: UUID = Field(validation_alias="id", description="The credit it becomes in the ledger, too")
    source: str
    source_ref: str
    household_code: str
    region_code: str
    measure_id: UUID | None
    kind: str
    month: Month
    amount: FenAsYuan
    supersedes_id: UUID | None
    disbursed_on: dt.date
    withdrawn_on: dt.date | None = Field(description="When it was withdrawn; then it does not count")
    recorded_at: dt.datetime
    recorded_by: str


class WithdrawalIn(DisbursementReference):
    """Takes a disbursement back, as if nobody had told of it."""

    reason: WithdrawalReason


class WithdrawalOut(BaseModel):
    """A withdrawal 撤回 of a disbursement."""

    model_config = ConfigDict(from_attributes=True)

    withdrawal_id: UUID = Field(validation_alias="id")
    disbursement_id: UUID = Field(validation_alias="credit_id")
    household_code: str
    reason: WithdrawalReason
    withdrawn_on: dt.date
    withdrawn_by: str


class StoryEntry(BaseModel):
    """One thing that happened to a household."""

    at: dt.datetime
    what: str = Field(
        description="Subject and event: `clue`, `risk.raised`, `task.accept`, `measure.requested`, `credit.wage`, …",
        examples=["measure.requested"],
    )
    text: str = Field(description="The same in words; never what people wrote")
    correlation_id: str = Field(
        description="The chain: one for a clue, its risk and task, the measures and what came of them"
    )
    task_id: UUID | None = None
    risk_id: UUID | None = None
    measure_id: UUID | None = None
    credit_id: UUID | None = None
    fact_id: UUID | None = None


class EffectOut(BaseModel):
    """What the money that came home adds up to 帮扶成效; corrected credits do not count."""

    total: FenAsYuan
    per_head: FenAsYuan | None = Field(description="Null where it is not known how many live there")
    members: int | None
    by_branch: dict[IncomeBranch, FenAsYuan]


class StoryOut(BaseModel):
    """What happened to a household and what came of it."""

    household_code: str
    entries: list[StoryEntry] = Field(description="The oldest first")
    effect: EffectOut
