"""HTTP bodies of policies, in and out."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.codes.monitoring import PolicyValueAction, PolicyValueStatus, RiskGrade
from shared.codes.policy import ValueStatus
from shared.http.fields import Body, Day, DecisionDay, Remark, Text
from shared.regions import RegionFilter

ParameterKey = Annotated[
    str,
    Field(pattern=r"^[a-z]+(\.[a-z][a-z_]*)+$", max_length=128, examples=["monitoring.near_line_ratio"]),
]
Value = Annotated[
    Any,
    Field(
        description="In the form that the parameter has in the packs; amounts and ratios as text, `0.15`: "
        "a fraction as a bare number is not exact",
        examples=["0.15"],
    ),
]
MAX_CHANGES = 50


class _WithDays(BaseModel):
    """Answers that say from when to when something holds."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)


class PolicyItem(_WithDays):
    """What one parameter is in the region on the day."""

    key: str
    value: Any
    unit: str = Field(description="`none` for names, codes and flags")
    concept: str = Field(description="The Chinese term")
    reference: str = Field(description="The document and section the value stands in, or what it was assumed from")
    status: ValueStatus
    pack: str = Field(description="The pack it comes from, with its version; `+2` is the second value added to it")
    valid_from: dt.date = Field(alias="from")
    valid_to: dt.date | None = Field(alias="to", description="Null: until another value follows")


class PolicyOut(BaseModel):
    """All parameters that hold in a region on a day 政策参数."""

    region: str = Field(description="The region asked for, without trailing zeros")
    on: dt.date
    pack: str = Field(description="The narrowest pack of the region, as verdicts cite it")
    items: list[PolicyItem]
    missing: list[str] = Field(description="Keys that rules need and no pack has a value of on the day")


class PolicyValueIn(Body):
    """A value of a parameter for a region, from some day on."""

    region_code: RegionFilter
    key: ParameterKey
    value: Value
    valid_from: Day = Field(alias="from", description="The first day: today or later")
    valid_to: Day | None = Field(None, alias="to", description="The last day; none: until another value is approved")
    status: ValueStatus
    reference: Annotated[Text, Field(max_length=1000)] = Field(
        description="Document and section, or what it is assumed from",
        examples=["黔农发〔2026〕12号 第三条"],
    )


class PolicyTransitionIn(Body):
    """A step of the procedure."""

    action: PolicyValueAction
    on: Day | None = Field(None, description="The day it was decided; none: today")
    note: Remark | None = Field(None, min_length=1)


class PolicyStepOut(BaseModel):
    """One step that was taken with a value."""

    at: dt.datetime
    action: PolicyValueAction
    on: dt.date | None
    by: str = Field(description="The client")
    status: PolicyValueStatus = Field(description="Where the value stood afterwards")
    note: str | None


class PolicyValueOut(_WithDays):
    """A policy value 政策参数值 with the steps taken."""

    value_id: UUID = Field(validation_alias="id")
    region_code: str = Field(description="Prefix of the region; `00` is the nation")
    key: str
    value: Any
    valid_from: dt.date = Field(alias="from")
    valid_to: dt.date | None = Field(alias="to")
    value_status: ValueStatus = Field(description="How binding the value is")
    reference: str
    status: PolicyValueStatus
    proposed_by: str
    proposed_at: dt.datetime
    approved_by: str | None
    approved_at: dt.datetime | None
    updated_at: dt.datetime
    history: list[PolicyStepOut] = Field(description="The oldest first")
    allowed_actions: list[PolicyValueAction] = Field(description="What you may do with it now")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The row of a value with its history."""
        return cls.model_validate(dict(row))


class ChangeIn(Body):
    """A parameter, and the value to try."""

    key: ParameterKey
    value: Value


class SimulationIn(Body):
    """What to try, where, and as of which day."""

    region_code: RegionFilter
    as_of: DecisionDay | None = Field(None, description="Decision date; none: the business date")
    changes: list[ChangeIn] = Field(min_length=1, max_length=MAX_CHANGES)


class SimulationStarted(BaseModel):
    """A simulation was queued; the job tells the rest."""

    job_id: UUID
    location: str = Field(description="Where the job is looked at")


class ReplayVerdict(BaseModel):
    """What the rule of the risk says."""

    outcome: Literal["fires", "clear", "insufficient_data", "undecided"]
    grade: RiskGrade | None
    pack: str = Field(description="The pack it was decided by, with its version")


class ParameterChange(BaseModel):
    """A parameter that had another value when the verdict was reached."""

    key: str
    then: Value
    now: Value
    changed_by: str | None = Field(
        description="Who proposed today's value, or the pack that brought it; null: none holds"
    )
    approved_by: str | None


class ReplayOut(BaseModel):
    """What became of a verdict 风险复核."""

    same: bool = Field(description="Whether the replay says what was said then")
    then: ReplayVerdict = Field(description="What raised or last updated the risk")
    replayed: ReplayVerdict = Field(description="The same rule over the facts recorded by then, by the stored values")
    today: ReplayVerdict = Field(description="The same rule over all that is known, by what holds today")
    changed: list[ParameterChange]
    facts_since: int = Field(description="Facts of the household that were recorded later")
