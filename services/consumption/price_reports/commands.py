"""Recording price reports; what is known of their series anew is judged at once."""

from typing import Final
from uuid import UUID

from services.consumption.models import PriceReport
from services.consumption.series.commands import ReportKind, Reports, record_reports
from services.consumption.slow_sales.commands.judge import judge_reported
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.records.outcomes import Outcome

PRICE_REPORTS: Final = ReportKind.of("price_report", table_of(PriceReport), "market", "low", "mean", "high")


def record_price_reports(uow: UnitOfWork, reports: Reports) -> list[Outcome[UUID]]:
    """Record price reports 价格采集. Live ones have their series judged, a backfill raises nothing."""
    return record_reports(uow, reports, judge_reported)
