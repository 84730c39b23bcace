"""Income that other houses brought home: every credit becomes a fact of the ledger, once."""

from collections.abc import Sequence

from services.monitoring.evidence.income import INCOME
from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.table import read_fact
from services.monitoring.evidence.withdrawal import WITHDRAWAL
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_facts
from services.monitoring.ledger.errors import HouseholdAwaited, HouseholdNotFound
from shared.codes.monitoring import FactMode
from shared.contracts.envelope import Event
from shared.contracts.help import IncomeCredit, IncomeWithdrawal
from shared.db.unit_of_work import UnitOfWork
from shared.money import format_yuan
from shared.months import format_month
from shared.security.actor import SYSTEM


def record_credits(uow: UnitOfWork, events: Sequence[Event[IncomeCredit]]) -> None:
    """Enter credits into the ledger and judge the households they reached.

    The source of the fact is the house that credits, its reference the credit's id: the same credit again changes
    nothing, and a correction takes the credit it supersedes out of the ledger. A credit may name a member who has left:
    the money reached the household all the same. Raises what a credit is refused for; then none of them is entered. One
    of a household that is not registered yet waits until it is.
    """
    _record(uow, [FactToRecord(_fact_of(event), FactMode.LIVE, SYSTEM, event.caused()) for event in events])


def withdraw_credits(uow: UnitOfWork, events: Sequence[Event[IncomeWithdrawal]]) -> None:
    """Take credits out of the ledger that should never have been, and judge the households anew.

    The same withdrawal again changes nothing. Raises what a withdrawal is refused for, a credit that never came among
    it; then none is entered.
    """
    _record(uow, [FactToRecord(_withdrawal_of(event), FactMode.LIVE, SYSTEM, event.caused()) for event in events])


def _record(uow: UnitOfWork, items: Sequence[FactToRecord]) -> None:
    for outcome in record_facts(uow, items):
        if isinstance(outcome.error, HouseholdNotFound):
            raise HouseholdAwaited(outcome.error.said)
        outcome.accepted()


def _withdrawal_of(event: Event[IncomeWithdrawal]) -> ReportedFact:
    withdrawal, house = event.data, event.house
    return read_fact(
        {
            "type": WITHDRAWAL.name,
            "source": house,
            "source_ref": str(withdrawal.withdrawal_id),
            "household_code": withdrawal.household_code,
            "observed_on": withdrawal.withdrawn_on,
            "supersedes": {"source": house, "source_ref": str(withdrawal.credit_id)},
            "payload": {"reason": withdrawal.reason},
        }
    )


def _fact_of(event: Event[IncomeCredit]) -> ReportedFact:
    """The credit as an income fact."""
    credit, house = event.data, event.house
    corrected = {"source": house, "source_ref": str(credit.supersedes)} if credit.supersedes else None
    return read_fact(
        {
            "type": INCOME.name,
            "source": house,
            "source_ref": str(credit.credit_id),
            "household_code": credit.household_code,
            "member_no": credit.member_no,
            "observed_on": credit.credited_on,
            "supersedes": corrected,
            "payload": {
                "branch": credit.branch,
                "month": format_month(credit.month),
                "amount": format_yuan(credit.amount),
            },
        }
    )
