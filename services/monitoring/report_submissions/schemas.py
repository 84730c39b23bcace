"""Reports as they are submitted and answered."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.monitoring.report_submissions.rules import Owed
from shared.codes.monitoring import ReportKind
from shared.http.fields import Body
from shared.http.indicators import IndicatorOut
from shared.regions import RegionFilter

PeriodText = Annotated[str, Field(min_length=4, max_length=10, examples=["2026-10"])]
"""A week `2026-W40`, a month `2026-10`, a quarter `2026-Q3`, a year `2026`, or a day `2026-11-10`."""


class FiguresQuery(BaseModel):
    """What a report of a period can be asked for."""

    region_code: RegionFilter | None = Field(None, description="All of the caller's regions where it is left out")
    period: PeriodText | None = Field(
        None,
        description="A week `2026-W40`, month `2026-10`, quarter `2026-Q3`, year `2026` or day, as the report has it; "
        "the one of today where it is left out",
    )
    format: Literal["json", "xlsx", "pdf"] = Field("json", description="How the report is written")


class FiguresReport(BaseModel):
    """The figures of a region and a period, counted when they are asked for."""

    report: ReportKind
    region_code: str | None
    period: str
    items: list[IndicatorOut]


class SubmissionIn(Body):
    """A report to be submitted for a region."""

    report: ReportKind = Field(description="Not `screening`, which is held and not submitted")
    region_code: RegionFilter
    period: PeriodText = Field(description="As the report has it: `2026-W40`, `2026-10`, `2026-Q3`, `2026`, a day")


class SubmissionListed(BaseModel):
    """A report that was submitted, as lists show it."""

    submission_id: UUID
    report: ReportKind
    region_code: str
    period: str
    submitted_on: dt.date
    submitted_by: str
    submitted_at: dt.datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """A submission from its row."""
        return cls.model_validate({**row._asdict(), "submission_id": row.id})


class SubmissionOut(SubmissionListed):
    """A report as it was submitted: its figures never change."""

    items: list[IndicatorOut]

    @classmethod
    def with_figures(cls, listed: SubmissionListed, items: Sequence[IndicatorOut]) -> Self:
        """The submission with its figures."""
        return cls(**listed.model_dump(), items=list(items))


class CalendarItem(BaseModel):
    """A report that is owed, or that was submitted without being owed."""

    report: ReportKind
    period: str
    due_on: dt.date | None = Field(description="Null for a report at any time")
    submitted_on: dt.date | None = Field(description="Of a screening: the day on which the last one asked for was held")
    overdue: bool
    submission_id: UUID | None

    @classmethod
    def of(cls, owed: Owed, submitted_on: dt.date | None, submission_id: UUID | None, today: dt.date) -> Self:
        """What is owed, with what was submitted of it."""
        return cls(
            report=owed.report,
            period=owed.period,
            due_on=owed.due_on,
            submitted_on=submitted_on,
            overdue=submitted_on is None and owed.due_on < today,
            submission_id=submission_id,
        )


class CalendarQuery(BaseModel):
    """Of which region and year the calendar is asked for."""

    region_code: RegionFilter | None = Field(None, description="The caller's own where it is left out")
    year: int | None = Field(None, ge=2000, le=2099, description="This one where it is left out")


class ReportCalendar(BaseModel):
    """What a region owes in a year, by day; reports at any time come last."""

    region_code: str | None = Field(description="Its prefix; null for the nation")
    year: int
    items: list[CalendarItem]
