"""Loan 负债 of a household."""

from typing import ClassVar, Final, Literal

from pydantic import StrictBool

from services.monitoring.evidence.circumstances import CircumstanceFact, Circumstances, circumstances_of
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import Statement
from services.monitoring.evidence.types import EvidenceType
from shared.codes.circumstances import LoanKind
from shared.http.fields import Day
from shared.money import Yuan

LOAN_KNOWN: Final = circumstances_of("loan")
"""负债: what counts of them."""


class LoanPayload(Statement):
    """What a household owes."""

    kind: LoanKind
    balance: Yuan
    due_on: Day | None = None
    overdue: StrictBool


class LoanFact(CircumstanceFact):
    """A state 上报: 负债."""

    of: ClassVar[Kept[Circumstances]] = LOAN_KNOWN
    type: Literal["loan"]
    payload: LoanPayload


LOAN: Final = EvidenceType(
    "loan",
    fact=LoanFact,
    kept=(LOAN_KNOWN,),
)
