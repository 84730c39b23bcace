"""HTTP bodies of assets, in and out."""

import datetime as dt
import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from services.assets.rules import WHOLE, format_share
from shared.contracts.codes import AssetClass, AssetRight, DistributionAction, DistributionReason, DistributionStatus
from shared.money import FenAsYuan, Yuan

MAX_GRANTS = 1000
MAX_LINES = 2000
MAX_NOTE = 2000

AssetCode = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$", examples=["DJ-A-0001"])]
HouseholdCode = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$", examples=["DJ-0001"])]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{12}$", examples=["520626001001"])]
Text = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^\P{Cc}*$")]
"""Text of one line: no control characters, which a database may be unable to keep."""
Year = Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}$", examples=["2026"], description="The year 年度 of the income")]
PositiveYuan = Annotated[Yuan, Field(gt=0)]


def _written_out(value: object) -> object:
    if isinstance(value, dt.date) or (isinstance(value, str) and _match_day(value)):
        return value
    raise ValueError("a day is written YYYY-MM-DD, for example 2026-05-01")


_match_day = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
Day = Annotated[dt.date, BeforeValidator(_written_out)]
"""A day sent to us: ISO text, never a number of seconds."""


def _share(value: object) -> int:
    found = _match_share(value) if isinstance(value, str) else None
    share = int(found[1]) * WHOLE + int((found[2] or "").ljust(4, "0")) if found else 0
    if not 0 < share <= WHOLE:
        raise ValueError('a share is text above 0 and up to 1 with at most four decimals, for example "0.2500"')
    return share


_match_share = re.compile(r"([01])(?:\.([0-9]{1,4}))?").fullmatch
_AS_SHARE = PlainSerializer(format_share, return_type=str, when_used="json")
_SHARE_SCHEMA = WithJsonSchema({"type": "string", "pattern": r"^[01](\.[0-9]{1,4})?$", "examples": ["0.2500"]})
ShareSent = Annotated[int, PlainValidator(_share), _AS_SHARE, _SHARE_SCHEMA]
"""A share sent to us: text outside, ten-thousandths inside. Numbers are refused."""
ShareShown = Annotated[int, _AS_SHARE, _SHARE_SCHEMA]
"""A share we answer with: ten-thousandths inside, text outside."""


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class RightIn(Body):
    """A share of one of the five rights 五权."""

    right: AssetRight
    holder: Text = Field(description="Who holds it: a village collective, a firm, a household", examples=["沙坝村集体"])
    share: ShareSent


class AssetIn(Body):
    """An asset 帮扶项目资产; the whole of it, every time."""

    name: Text
    asset_class: AssetClass = Field(alias="class", description="资产类别")
    region_code: RegionCode
    original_value: PositiveYuan = Field(description="原值, in yuan")
    acquired_on: Day = Field(description="形成日期, not in the future")
    rights: list[RightIn] = Field(
        min_length=1,
        max_length=MAX_GRANTS,
        description="The owner is named; the shares of each right that is named make exactly 1",
    )


class AssetSummary(BaseModel):
    """An asset 帮扶项目资产."""

    asset_code: str = Field(validation_alias="code")
    name: str
    asset_class: AssetClass = Field(serialization_alias="class")
    region_code: str
    original_value: FenAsYuan
    acquired_on: dt.date
    version: int


class RightOut(BaseModel):
    """A share of a right and the days on which it holds or held."""

    right: AssetRight
    holder: str
    share: ShareShown
    valid_from: dt.date
    valid_to: dt.date | None = Field(description="The last day on which it held; null while it does")


class AssetOut(AssetSummary):
    """An asset with the rights of a day, and their whole history."""

    as_of: dt.date = Field(description="The day the rights are those of")
    rights: list[RightOut] = Field(description="By right and holder")
    history: list[RightOut] = Field(description="Every right that ever held, the oldest first")


class LineIn(Body):
    """What one household gets for one reason."""

    household_code: HouseholdCode
    amount: PositiveYuan
    reason: DistributionReason


class DistributionIn(Body):
    """A plan 收益分配方案 for what an asset earned in a year."""

    asset_code: AssetCode
    period: Year
    total: PositiveYuan
    request_id: UUID | None = Field(
        None, description="The measure request it answers, of a household that has a line here"
    )
    lines: list[LineIn] = Field(
        min_length=1, max_length=MAX_LINES, description="They make the total; a household has one line for a reason"
    )


class TransitionIn(Body):
    """A step of the procedure."""

    action: DistributionAction
    on: Day = Field(description="The day it was taken: not in the future, not before the step it follows")
    note: str | None = Field(
        None,
        validate_default=True,
        min_length=1,
        max_length=MAX_NOTE,
        description="For the history of the distribution; `object` needs one",
    )

    @field_validator("note")
    @classmethod
    def _says_what_is_objected(cls, note: str | None, info: ValidationInfo) -> str | None:
        if note is None and info.data.get("action") is DistributionAction.OBJECT:
            raise ValueError("object needs a note that says what is objected")
        return note


class StepOut(BaseModel):
    """One step that was taken with a distribution."""

    at: dt.datetime = Field(description="When it was recorded")
    action: DistributionAction
    on: dt.date = Field(description="The day it was taken")
    by: str = Field(description="The client that recorded it")
    status: DistributionStatus = Field(description="Where the distribution stood afterwards")
    note: str | None


class PublicityRule(BaseModel):
    """The parameter the publicity was counted with."""

    key: str
    value: Any
    reference: str
    status: str
    pack: str


class LineOut(BaseModel):
    """What one household gets for one reason."""

    line_no: int
    household_code: str
    amount: FenAsYuan
    reason: DistributionReason
    credit_id: UUID | None = Field(description="The credit it became; null until it is paid")


class DistributionSummary(BaseModel):
    """A distribution 收益分配 with the steps taken."""

    distribution_id: UUID = Field(validation_alias="id")
    asset_code: str
    region_code: str
    period: str
    total: FenAsYuan
    request_id: UUID | None
    status: DistributionStatus
    publicity_ends_on: dt.date | None = Field(description="公示期满日: the township decides after it")
    publicity_rule: PublicityRule | None
    proposed_at: dt.datetime
    history: list[StepOut] = Field(description="The oldest first")


class DistributionOut(DistributionSummary):
    """A distribution with its lines."""

    lines: list[LineOut]
