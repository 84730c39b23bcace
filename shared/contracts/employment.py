"""Events published by employment 就业."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.codes.code import Open
from shared.codes.employment import PlacementEndReason, VacancyKind
from shared.contracts.help import HouseholdMove, IncomeCredit, IncomeWithdrawal, MeasureAnswer
from shared.contracts.payload import HouseholdCode, Payload, RegionCode


class Placement(Payload):
    """A placement 输送就业: one worker in one vacancy."""

    placement_id: UUID = Field(description="The placement, the same for every event of it")
    household_code: HouseholdCode
    region_code: RegionCode
    member_no: int = Field(description="Number of the worker within the household")


class PlacementStarted(Placement):
    """A worker began to work."""

    event_type: ClassVar[str] = "employment.placement-started.v1"

    vacancy_kind: Open[VacancyKind] = Field(description="What kind of work it is")
    place_code: RegionCode = Field(description="Division code 区划代码 of the place of work")
    started_on: dt.date = Field(description="First day of work")


class PlacementEnded(Placement):
    """A worker lost or left the work."""

    event_type: ClassVar[str] = "employment.placement-ended.v1"

    reason: Open[PlacementEndReason] = Field(description="Why it ended")
    ended_on: dt.date = Field(description="Last day of work")
    last_earner: bool = Field(description="Nobody else of the household is in a placement that has begun")


class MeasureAccepted(MeasureAnswer):
    """Employment is at it: a worker of the household is placed."""

    event_type: ClassVar[str] = "employment.measure-accepted.v1"


class MeasureRefused(MeasureAnswer):
    """Employment has no work that fits."""

    event_type: ClassVar[str] = "employment.measure-refused.v1"


class MeasureCompleted(MeasureAnswer):
    """The worker has begun."""

    event_type: ClassVar[str] = "employment.measure-completed.v1"


class WageCredited(IncomeCredit):
    """Wages 工资性收入 of a month were paid to a worker."""

    event_type: ClassVar[str] = "employment.income-credited.v1"


class WageWithdrawn(IncomeWithdrawal):
    """A wage 工资 that was told of should never have been."""

    event_type: ClassVar[str] = "employment.income-withdrawn.v1"


class HouseholdMovedAway(HouseholdMove):
    """A household left a region: what this house does for it belongs to another one from now on."""

    event_type: ClassVar[str] = "employment.household-moved-away.v1"
