"""Reports as they are submitted and answered. A house gives them the names of its own reports."""

import datetime as dt
from typing import Annotated, Any, Generic, Literal, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from shared.codes.code import Code
from shared.http.fields import Body
from shared.http.indicators import IndicatorOut
from shared.regions import RegionFilter

ReportT = TypeVar("ReportT", bound=Code)
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


class FiguresReportOf(BaseModel, Generic[ReportT]):
    """The figures of a region and a period, counted when they are asked for."""

    report: ReportT
    region_code: str | None
    period: str
    items: list[IndicatorOut]


class SubmissionSent(Body, Generic[ReportT]):
    """A report to be submitted for a region."""

    report: ReportT = Field(description="Not one that is held, as a screening is, and not submitted")
    region_code: RegionFilter
    period: PeriodText = Field(description="As the report has it: `2026-W40`, `2026-10`, `2026-Q3`, `2026`, a day")


class SubmissionListedOf(BaseModel, Generic[ReportT]):
    """A report that was submitted, as lists show it."""

    submission_id: UUID
    report: ReportT
    region_code: str
    period: str
    submitted_on: dt.date
    submitted_by: str
    submitted_at: dt.datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """A submission from its row."""
        return cls.model_validate({**row._asdict(), "submission_id": row.id})


class CalendarItemOf(BaseModel, Generic[ReportT]):
    """A report that is owed, or that was submitted without being owed."""

    report: ReportT
    period: str
    due_on: dt.date | None = Field(description="Null for a report at any time")
    submitted_on: dt.date | None = Field(description="Of a screening: the day on which the last one asked for was held")
    overdue: bool
    submission_id: UUID | None

    @classmethod
    def of(
        cls,
        report: ReportT,
        period: str,
        due_on: dt.date | None,
        submitted_on: dt.date | None,
        submission_id: UUID | None,
        today: dt.date,
    ) -> Self:
        """What is owed by a day, or by none, with what was submitted of it."""
        return cls(
            report=report,
            period=period,
            due_on=due_on,
            submitted_on=submitted_on,
            overdue=submitted_on is None and due_on is not None and due_on < today,
            submission_id=submission_id,
        )


class CalendarQuery(BaseModel):
    """Of which region and year the calendar is asked for."""

    region_code: RegionFilter | None = Field(None, description="The caller's own where it is left out")
    year: int | None = Field(None, ge=2000, le=2099, description="This one where it is left out")
    overdue: bool | None = Field(None, description="Only what is overdue, or only what is not")


class OverdueQuery(BaseModel):
    """Where, and of which year, what is overdue is asked for."""

    region_code: RegionFilter | None = Field(None, description="All of the caller's regions where it is left out")
    year: int | None = Field(None, ge=2000, le=2099, description="This one where it is left out")


class OverdueReportOf(BaseModel, Generic[ReportT]):
    """A report that a county owes and has not submitted by its day."""

    region_code: str
    report: ReportT
    period: str
    due_on: dt.date
    days: int = Field(description="So many days after its day")


class OverdueReportsOf(BaseModel):
    """What counties owe and have not submitted, the longest overdue first."""

    year: int


class ReportCalendarOf(BaseModel):
    """What a region owes in a year, by day; reports at any time come last."""

    region_code: str | None = Field(description="Its prefix; null for the nation")
    year: int
