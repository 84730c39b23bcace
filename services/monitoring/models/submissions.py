"""Tables of the reports that were submitted."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import KEPT_BY_KEY, Base
from shared.codes.indicators import IndicatorUnit
from shared.codes.monitoring import MonitoringIndicator, ReportKind
from shared.db.base import OpenCode, UtcDateTime


class ReportSubmission(Base, table=True):
    """A report 报表 as a region submitted it: its figures never change again."""

    __tablename__ = "report_submission"
    __table_args__ = (
        sa.Index("ix_report_submission_region_code", "region_code", "report", "period", unique=True),
        sa.Index("ix_report_submission_submitted_at", "submitted_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    report: ReportKind = Field(sa_type=OpenCode(ReportKind))
    region_code: str = Field(max_length=12)
    """The region it tells of: twelve digits, those that only fill it up included."""
    period: str = Field(max_length=10)
    """A week `2026-W40`, a month `2026-10`, a quarter `2026-Q3`, a year `2026` or a day `2026-11-10`."""
    submitted_on: dt.date
    submitted_by: str = Field(max_length=128)
    submitted_at: dt.datetime = Field(sa_type=UtcDateTime)


class SubmittedFigure(Base, table=True):
    """A figure of a submitted report, as it was then."""

    __tablename__ = "submitted_figure"
    __table_args__ = (KEPT_BY_KEY,)

    submission_id: UUID = Field(primary_key=True, foreign_key="report_submission.id")
    line_no: int = Field(primary_key=True)
    code: MonitoringIndicator = Field(sa_type=OpenCode(MonitoringIndicator))
    value: str | None = Field(max_length=32)
    """As it was shown, whatever it counts."""
    unit: IndicatorUnit = Field(sa_type=OpenCode(IndicatorUnit))
    numerator: int | None = Field(sa_type=sa.BigInteger)
    denominator: int | None = Field(sa_type=sa.BigInteger)
    target: str | None = Field(max_length=32)
    source: str = Field(max_length=256)
