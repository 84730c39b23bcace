"""Withdrawal 撤回: a fact should never have been said."""

from typing import Final, Literal

from pydantic import Field

from services.monitoring.evidence.schemas import FactReference, ReportedFact, Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.records import WithdrawalReason


class WithdrawalPayload(Statement):
    """Why what was said should never have been said."""

    reason: WithdrawalReason


class WithdrawalFact(ReportedFact):
    """A fact is taken back 撤回: what only it made known is unknown again. That is not the same as reporting zero."""

    type: Literal["withdrawal"]
    supersedes: FactReference = Field(description="The fact that is withdrawn")
    payload: WithdrawalPayload


WITHDRAWAL: Final = EvidenceType("withdrawal", fact=WithdrawalFact, withdraws=True)
