"""HTTP bodies of employment, in and out."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from services.employment.vacancies.rules import WhyNot
from shared.contracts.codes import (
    Labour,
    PlacementAction,
    PlacementEndReason,
    PlacementStatus,
    RecordStatus,
    Sex,
    VacancyKind,
    WithdrawalReason,
    WorkerStatus,
)
from shared.http.fields import Body, Code, Day, Reference, Source, Text
from shared.money import FenAsYuan, PositiveYuan, Yuan, above_zero
from shared.months import Month
from shared.regions import RegionFilter

MAX_HEADCOUNT = 100_000
MAX_AGE = 120

VacancyCode = Annotated[Code, Field(examples=["DG-2026-17"])]
Name = Annotated[Text, Field(max_length=128)]
Age = Annotated[int, Field(strict=True, ge=0, le=MAX_AGE)]


class WorkerOut(BaseModel):
    """A worker 劳动力. Whoever may see names finds them in monitoring, by household and member number."""

    model_config = ConfigDict(from_attributes=True)

    worker_id: UUID = Field(validation_alias="id")
    household_code: str
    region_code: str
    member_no: int
    sex: Sex
    birth_year: int
    birthday_known: bool = Field(
        validation_alias="born_on",
        description="Whether ages are counted to the day; else the lower of the two ages of the year counts",
    )
    labour: Labour
    status: WorkerStatus

    @field_validator("birthday_known", mode="before")
    @classmethod
    def _is_known(cls, born_on: dt.date | None) -> bool:
        return born_on is not None


class VacancyIn(Body):
    """A vacancy as an employer or a labour station offers it."""

    employer: Name
    kind: VacancyKind
    place_code: RegionFilter = Field(description="Division code 区划代码 of the place of work", examples=["441900"])
    occupation: Name = Field(description="What the work is 工种")
    headcount: Annotated[int, Field(strict=True, ge=1, le=MAX_HEADCOUNT)]
    wage_month: PositiveYuan = Field(description="Wage of a month, in yuan")
    min_age: Age
    max_age: Age
    needs: Annotated[list[Literal[Labour.ORDINARY, Labour.SKILLED, Labour.WEAK]], Field(min_length=1, max_length=3)] = (
        Field(description="The labour that fits: one of these")
    )
    valid_until: Day = Field(description="Last day on which somebody can be placed")
    region_code: RegionFilter | None = Field(
        None,
        description="The region that owns the vacancy 归属地区: it is changed from there or from around it. "
        "Left out: as it was; of a new one, the first region of the client",
    )

    @field_validator("max_age")
    @classmethod
    def _not_below_min_age(cls, max_age: int, info: ValidationInfo) -> int:
        if max_age < info.data.get("min_age", 0):
            raise ValueError("lies below min_age")
        return max_age

    @field_validator("needs")
    @classmethod
    def _each_once(cls, needs: list[Labour]) -> list[Labour]:
        if len(set(needs)) < len(needs):
            raise ValueError("names a kind of labour twice")
        return needs


class VacancyOut(BaseModel):
    """A vacancy 岗位."""

    model_config = ConfigDict(from_attributes=True)

    vacancy_code: str = Field(validation_alias="code")
    employer: str
    kind: VacancyKind
    place_code: str
    occupation: str
    headcount: int
    taken: int = Field(description="Placements that have not ended")
    wage_month: FenAsYuan
    min_age: int
    max_age: int
    needs: list[Labour]
    valid_until: dt.date
    region_code: str | None = Field(
        description="The region that owns it; null where the whole country does, or none was kept"
    )
    version: int = Field(description="Grows with every change; `ETag` and `If-Match` name it")
    updated_at: dt.datetime = Field(description="When it was put last; `taken` follows the placements")

    @field_validator("region_code")
    @classmethod
    def _everywhere_has_no_code(cls, region_code: str | None) -> str | None:
        return region_code or None


class SuggestionReason(BaseModel):
    """One thing that speaks for a vacancy."""

    code: Literal["wage_month", "shared_division"] = Field(
        description="`wage_month`: the better paid comes first; `shared_division`: of equal wages, the nearer to home"
    )
    value: str | None = Field(
        description="Yuan a month; or the narrowest division that holds home and work, null where they share none"
    )


class SuggestionOut(BaseModel):
    """A vacancy that fits a worker."""

    worker_id: UUID
    member_no: int
    vacancy_code: str
    why: list[SuggestionReason] = Field(description="What its rank follows from, the weightiest first")


class UnsuitableOut(BaseModel):
    """A vacancy that does not fit a worker."""

    worker_id: UUID
    member_no: int
    vacancy_code: str
    why_not: list[WhyNot] = Field(description="Everything that stands against it")


class SuggestionsOut(BaseModel):
    """What could be offered for a request 岗位推荐."""

    request_id: UUID
    suggestions: list[SuggestionOut] = Field(description="What fits, the best first, as many as asked for")
    fitting: int = Field(description="How many fit in all")
    rest: list[UnsuitableOut] = Field(description="What does not fit, nearest to fitting first, as many as asked for")
    not_fitting: int = Field(description="How many do not fit in all")


class PlacementIn(Body):
    """A worker for a vacancy."""

    worker_id: UUID
    vacancy_code: VacancyCode
    request_id: UUID | None = Field(None, description="The request it answers")


class PlacementTransitionIn(Body):
    """A step of a placement."""

    action: PlacementAction
    on: Day = Field(description="The day it happened; with `end`, the last day of work")
    reason: PlacementEndReason | None = Field(
        None, validate_default=True, description="Why it ended: needed with `end`, refused with the rest"
    )

    @field_validator("reason")
    @classmethod
    def _belongs_to_end(cls, reason: PlacementEndReason | None, info: ValidationInfo) -> PlacementEndReason | None:
        ends = info.data.get("action") is PlacementAction.END
        if ends and reason is None:
            raise ValueError(f"end needs a reason: {', '.join(PlacementEndReason)}")
        if reason is not None and "action" in info.data and not ends:
            raise ValueError("a reason comes with end only")
        return reason


class PlacementOut(BaseModel):
    """A placement 输送就业."""

    model_config = ConfigDict(from_attributes=True)

    placement_id: UUID = Field(validation_alias="id")
    worker_id: UUID
    household_code: str
    region_code: str
    member_no: int
    vacancy_code: str
    request_id: UUID | None
    status: PlacementStatus
    placed_at: dt.datetime
    departed_on: dt.date | None
    started_on: dt.date | None = Field(description="First day of work; null where it never began")
    ended_on: dt.date | None
    end_reason: PlacementEndReason | None
    updated_at: dt.datetime = Field(description="When it was placed or taken further last")


class WageReference(Body):
    """A wage by who sent it and their reference."""

    source: Source = Field(examples=["labour-station-dongguan"])
    source_ref: Reference


class WageIn(Body):
    """A wage as an employer or a labour station reports it."""

    source: Source = Field(description="Who says so", examples=["labour-station-dongguan"])
    source_ref: Reference = Field(description="Their own reference, used once")
    placement_id: UUID
    month: Month = Field(description="The month the wage is for")
    supersedes: WageReference | None = Field(None, description="The wage of this placement that this one corrects")
    amount: Yuan = Field(
        description="In yuan; zero only in a correction: nothing was paid. What was wrong altogether is withdrawn"
    )

    @field_validator("amount")
    @classmethod
    def _zero_corrects(cls, amount: int, info: ValidationInfo) -> int:
        return above_zero(amount) if info.data.get("supersedes", ...) is None else amount


class WageOut(BaseModel):
    """A wage 务工月报, credited to the household."""

    model_config = ConfigDict(from_attributes=True)

    wage_id: UUID = Field(validation_alias="id", description="The id of the credit in the household's ledger")
    source: str
    source_ref: str
    placement_id: UUID
    month: Month
    amount: FenAsYuan
    supersedes_id: UUID | None = Field(description="The wage that this one corrects")
    status: RecordStatus = Field(description="Whether it counts")
    recorded_at: dt.datetime
    updated_at: dt.datetime = Field(description="When it was recorded, superseded or withdrawn")


class WageWithdrawalIn(Body):
    """A wage that should never have been reported."""

    source: Source = Field(description="Who says so", examples=["labour-station-dongguan"])
    source_ref: Reference = Field(description="Their own reference of the withdrawal, used once")
    reason: WithdrawalReason


class WageWithdrawalOut(BaseModel):
    """A withdrawal 撤回: the wage counts no longer, and its month can be reported anew."""

    model_config = ConfigDict(from_attributes=True)

    withdrawal_id: UUID = Field(validation_alias="id")
    wage_id: UUID
    source: str
    source_ref: str
    reason: WithdrawalReason
    withdrawn_at: dt.datetime
