"""Recording supply reports; what is known of their series anew is judged at once."""

from typing import Final
from uuid import UUID

from services.consumption.models import SupplyReport
from services.consumption.series.commands import ReportKind, Reports, record_reports
from services.consumption.slow_sales.commands.judge import judge_reported
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.records.outcomes import Outcome

SUPPLY_REPORTS: Final = ReportKind.of("supply_report", table_of(SupplyReport), "stock", "due", "sold_7d", "covered")


def record_supply_reports(uow: UnitOfWork, reports: Reports) -> list[Outcome[UUID]]:
    """Record supply reports 存量与上市量. Live ones have their series judged, a backfill raises nothing."""
    return record_reports(uow, reports, judge_reported)
