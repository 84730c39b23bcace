"""Events published by assistance 帮扶."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.codes.assistance import TaskEndedBy, TaskReopenedBy, TaskVerdict
from shared.codes.code import Open
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.contracts.help import HouseholdMove, IncomeCredit, IncomeWithdrawal, Measure
from shared.contracts.payload import Episode, HouseholdCode, Payload, RegionCode


class TaskOpened(Payload):
    """A task 帮扶任务 opened for one episode of a risk."""

    event_type: ClassVar[str] = "assistance.task-opened.v1"

    task_id: UUID = Field(description="The task, the same for every event of it")
    risk_id: UUID = Field(description="The risk that caused it")
    household_code: HouseholdCode
    region_code: RegionCode
    kind: Open[RiskKind]
    episode: Episode
    grade: Open[RiskGrade]
    due_on: dt.date | None = Field(description="Null where the policy has no value for the time limit")
    due_provisional: bool = Field(description="The working days counted on are not officially announced yet")


class TaskClosed(Payload):
    """A task ended, by a person with a verdict or by itself because its cause was gone before anyone began."""

    event_type: ClassVar[str] = "assistance.task-closed.v1"

    task_id: UUID = Field(description="The task, the same for every event of it")
    risk_id: UUID = Field(description="The risk that caused it")
    household_code: HouseholdCode
    region_code: RegionCode
    kind: Open[RiskKind]
    episode: Episode
    verdict: Open[TaskVerdict] | None = Field(description="What the visit found; null when nobody had begun")
    closed_by: Open[TaskEndedBy] = Field(description="Who ended it")
    closed_on: dt.date = Field(description="Business date of the end")
    grade: Open[RiskGrade] | None = Field(
        None, description="The grade it was judged by. None in events written before it was told"
    )
    seen_causes: tuple[str, ...] | None = Field(
        None,
        description="Keys of the causes of the risk that the verdict saw: it stands for no other. None in events "
        "written before they were told",
    )
    task_version: int | None = Field(
        None,
        description="Grows with every change of the task: an older closing or reopening never wins. None in events "
        "written before it was told",
    )


class MeasureRequested(Measure):
    """A task needs help that another house can give."""

    event_type: ClassVar[str] = "assistance.measure-requested.v1"

    member_no: int | None = Field(None, description="The member it is for, where it is for one")
    requested_on: dt.date = Field(description="Business date of the request")
    answer_by: dt.date | None = Field(None, description="Null where the policy has no value for the time limit")


class MeasureCancelled(Measure):
    """The task closed before the measure was completed: it is not asked for any more."""

    event_type: ClassVar[str] = "assistance.measure-cancelled.v1"

    cancelled_on: dt.date = Field(description="Business date of the end")


class MeasureCompleted(Measure):
    """A measure that this house gives itself reached the household 措施落实: the cash was paid."""

    event_type: ClassVar[str] = "assistance.measure-completed.v1"

    completed_on: dt.date = Field(description="Business date of the completion")


class MeasureOverdue(Measure):
    """Nobody answered a request within the working days of the policy 逾期未答复."""

    event_type: ClassVar[str] = "assistance.measure-overdue.v1"

    answer_by: dt.date = Field(description="The day the answer was due")


class TransferCredited(IncomeCredit):
    """Cash 转移性收入 was disbursed to a household."""

    event_type: ClassVar[str] = "assistance.income-credited.v1"


class TransferWithdrawn(IncomeWithdrawal):
    """Cash 转移性收入 that was told of should never have been."""

    event_type: ClassVar[str] = "assistance.income-withdrawn.v1"


class TaskReopened(Payload):
    """A judged task is open again: its verdict stands no longer."""

    event_type: ClassVar[str] = "assistance.task-reopened.v1"

    task_id: UUID = Field(description="The task, the same for every event of it")
    risk_id: UUID = Field(description="The risk that caused it")
    household_code: HouseholdCode
    region_code: RegionCode
    kind: Open[RiskKind]
    episode: Episode
    reopened_by: Open[TaskReopenedBy] = Field(
        description="What brought it back: a person, a cause that the verdict did not see, or a more urgent grade"
    )
    reopened_on: dt.date = Field(description="Business date of the reopening")
    task_version: int | None = Field(
        None,
        description="Grows with every change of the task: an older closing or reopening never wins. None in events "
        "written before it was told",
    )


class HouseholdMovedAway(HouseholdMove):
    """A household left a region: what this house does for it belongs to another one from now on."""

    event_type: ClassVar[str] = "assistance.household-moved-away.v1"
