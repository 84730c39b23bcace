"""Recording price reports; what is known of their series anew is judged at once."""

from functools import partial
from typing import Final
from uuid import UUID

from services.consumption.models import PriceReport
from services.consumption.series.commands import ReportKind, Reports, record_reports, withdraw_report
from services.consumption.slow_sales.commands.judge import judge_reported
from services.consumption.withdrawals.schemas import WithdrawalIn, WithdrawalOut
from shared.codes.slow_sales import SlowSaleSignal
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.records.outcomes import Outcome

PRICE_REPORTS: Final = ReportKind.of("price_report", table_of(PriceReport), "market", "low", "mean", "high")

_FOLLOW: Final = partial(judge_reported, signal=SlowSaleSignal.PRICE)


def record_price_reports(uow: UnitOfWork, reports: Reports) -> list[Outcome[UUID]]:
    """Record price reports 价格采集. Live ones have their series judged, a backfill raises nothing."""
    return record_reports(uow, reports, _FOLLOW)


def withdraw_price_report(uow: UnitOfWork, report_id: UUID, body: WithdrawalIn) -> Outcome[WithdrawalOut]:
    """Withdraw a price report 撤回: its series is judged as if it had never been."""
    return withdraw_report(uow, PRICE_REPORTS, report_id, body, _FOLLOW)
