"""Money that came home through the other houses, as they tell of it."""

from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa

from services.assistance.models import Credit, Withdrawal
from shared.contracts.envelope import Event
from shared.contracts.help import IncomeCredit, IncomeWithdrawal
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.unit_of_work import UnitOfWork


def record_credits(uow: UnitOfWork, events: Sequence[Event[IncomeCredit]]) -> None:
    """Keep every credit once, for the story of its household. A correction may come before what it corrects."""
    rows = [
        {
            "house": event.house,
            "credit_id": event.data.credit_id,
            "household_code": event.data.household_code,
            "region_code": event.data.region_code,
            "branch": event.data.branch,
            "month": event.data.month,
            "amount": event.data.amount,
            "measure_id": event.data.measure_id,
            "supersedes": event.data.supersedes,
            "credited_on": event.data.credited_on,
            "at": event.time,
            "correlation_id": event.context.correlation_id,
        }
        for event in events
    ]
    execute_rows(uow.connection, _insert_new(Credit, uow.connection.dialect.name), rows)
    for event in events:
        credit_id, household = str(event.data.credit_id), event.data.household_code
        uow.log_after_commit("credit.recorded", context=event.caused(), credit_id=credit_id, household=household)


def record_withdrawals(uow: UnitOfWork, events: Sequence[Event[IncomeWithdrawal]]) -> None:
    """Keep once that a credit should never have been. It may come before the credit itself."""
    rows = [
        {
            "house": event.house,
            "credit_id": event.data.credit_id,
            "id": event.data.withdrawal_id,
            "household_code": event.data.household_code,
            "region_code": event.data.region_code,
            "branch": event.data.branch,
            "month": event.data.month,
            "reason": event.data.reason,
            "withdrawn_on": event.data.withdrawn_on,
            "at": event.time,
            "withdrawn_by": event.house,
            "correlation_id": event.context.correlation_id,
        }
        for event in events
    ]
    execute_rows(uow.connection, _insert_new(Withdrawal, uow.connection.dialect.name), rows)
    for event in events:
        credit_id, household = str(event.data.credit_id), event.data.household_code
        uow.log_after_commit("credit.withdrawn", context=event.caused(), credit_id=credit_id, household=household)


@cache
def _insert_new(model: type[Credit | Withdrawal], dialect: str) -> sa.Insert:
    return insert_into(table_of(model), dialect).on_conflict_do_nothing()
