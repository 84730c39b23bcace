"""Recording supply reports; what is known of their series anew is judged at once."""

from functools import partial
from typing import Final
from uuid import UUID

from services.consumption.models import SupplyReport
from services.consumption.series.commands import ReportKind, Reports, record_reports, withdraw_report
from services.consumption.slow_sales.commands.judge import judge_reported
from services.consumption.withdrawals.schemas import WithdrawalIn, WithdrawalOut
from shared.codes.slow_sales import SlowSaleSignal
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.records.outcomes import Outcome

SUPPLY_REPORTS: Final = ReportKind.of("supply_report", table_of(SupplyReport), "stock", "due", "sold_7d", "covered")

_FOLLOW: Final = partial(judge_reported, signal=SlowSaleSignal.UNSOLD)


def record_supply_reports(uow: UnitOfWork, reports: Reports) -> list[Outcome[UUID]]:
    """Record supply reports 存量与上市量. Live ones have their series judged, a backfill raises nothing."""
    return record_reports(uow, reports, _FOLLOW)


def withdraw_supply_report(uow: UnitOfWork, report_id: UUID, body: WithdrawalIn) -> Outcome[WithdrawalOut]:
    """Withdraw a supply report 撤回: its series is judged as if it had never been."""
    return withdraw_report(uow, SUPPLY_REPORTS, report_id, body, _FOLLOW)
