"""What events of several houses have in common: an answer to a measure, and income that reached a household."""

import datetime as dt
from uuid import UUID

from pydantic import Field

from shared.codes.assistance import MeasureKind, RefusalReason
from shared.codes.code import Open
from shared.codes.monitoring import IncomeBranch
from shared.codes.records import WithdrawalReason
from shared.contracts.payload import HouseholdCode, Payload, RegionCode
from shared.money import FenAsYuan
from shared.months import Month


class HouseholdMove(Payload):
    """A household left a region 迁出: the last that the region it left is told of it by a house."""

    household_code: HouseholdCode
    region_code: RegionCode = Field(description="Division code 区划代码 of the village it left, 12 digits")
    version: int = Field(description="Version of the household that moved it")
    moved_to: RegionCode = Field(description="Division code 区划代码 of the village it moved to, 12 digits")


class Measure(Payload):
    """A measure 帮扶措施 of a task. What people wrote about it stays in the house that asked."""

    measure_id: UUID = Field(description="The measure, the same for every event of it")
    task_id: UUID = Field(description="The task that needs it")
    household_code: HouseholdCode
    region_code: RegionCode
    kind: Open[MeasureKind] = Field(description="What help is asked for")


class MeasureAnswer(Measure):
    """What a helping house says about a measure it was asked for."""

    reason: Open[RefusalReason] | None = Field(None, description="Why it cannot be met; null for every other answer")
    answered_on: dt.date = Field(description="Business date of the answer")


class IncomeCredit(Payload):
    """Money that reached a household. Monitoring enters every credit into the ledger as a fact, once."""

    credit_id: UUID = Field(description="The credit: the reference of the fact it becomes")
    household_code: HouseholdCode
    region_code: RegionCode
    member_no: int | None = Field(None, description="The member who earned it, where one did")
    branch: Open[IncomeBranch] = Field(description="The branch of household income")
    month: Month = Field(description="The month the money is for")
    amount: FenAsYuan = Field(description="In yuan")
    credited_on: dt.date = Field(description="Business date of the credit")
    measure_id: UUID | None = Field(None, description="The measure it came of, where there was one")
    supersedes: UUID | None = Field(None, description="The credit of the same house that this one corrects")


class IncomeWithdrawal(Payload):
    """A credit that should never have been: the ledger forgets it, as if nobody had told of it 撤回."""

    withdrawal_id: UUID = Field(description="The withdrawal: the reference of the fact it becomes")
    credit_id: UUID = Field(description="The credit of the same house that is withdrawn")
    household_code: HouseholdCode
    region_code: RegionCode
    branch: Open[IncomeBranch] = Field(description="The branch of the credit")
    month: Month = Field(description="The month of the credit")
    reason: Open[WithdrawalReason]
    withdrawn_on: dt.date = Field(description="Business date of the withdrawal")
