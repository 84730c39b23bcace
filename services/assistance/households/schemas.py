"""HTTP bodies of the story of a household."""

import datetime as dt
from uuid import UUID

from pydantic import BaseModel, Field

from shared.codes.monitoring import IncomeBranch
from shared.money import FenAsYuan


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
