"""Feeds as they are sent and answered."""

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from services.monitoring.evidence.table import reported_types
from shared.findings import WrongValue
from shared.http.fields import Body, Text
from shared.words.said import says


def _reported(kinds: list[str]) -> list[str]:
    if set(kinds) - set(reported_types()):
        raise WrongValue(says("not-in-list", choices=reported_types()))
    return sorted(set(kinds))


class FeedIn(Body):
    """What a source has agreed to bring every month 数据共享机制."""

    kinds: Annotated[list[str], Field(min_length=1), AfterValidator(_reported)] = Field(
        description="Types of facts",
        examples=[["insurance"]],
        json_schema_extra={"items": {"type": "string", "enum": [*reported_types()]}},
    )
    due_day: int = Field(
        strict=True, ge=1, le=31, description="Day of the month by which they come; the last one of a shorter month"
    )
    owner: Text = Field(max_length=128, description="Who answers for it 责任单位")


class FeedOut(BaseModel):
    """A feed, and what came of it."""

    source: str
    kinds: list[str]
    due_day: int
    owner: str
    last_received_on: dt.date | None = Field(description="Business date on which a fact of these kinds came last")
    rows: int = Field(description="Facts of these kinds that came this month")
    overdue: bool = Field(description="A due day went by, and nothing came in its month")
    overdue_since: dt.date | None = Field(description="That due day; null while nothing is overdue")
    version: int
    updated_at: dt.datetime
