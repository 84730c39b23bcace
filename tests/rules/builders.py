"""Small households and policies, as the worked cases have them, and what tests ask of verdicts and procedures."""

from deploy.worked_cases import (
    DECIDED_ON,
    FIRST,
    LAST,
    PEOPLE_OF_FOUR,
    POLICY,
    REGION,
    circumstances,
    diagnosis,
    evidence,
    fact_said,
    household,
    income,
    job_loss,
    open_risk,
    parameter,
    policy,
    report,
    slow_sale,
)
from services.monitoring.risks.rules.verdicts import Verdict
from shared.procedures.steps import ActionT, Procedure, StatusT

__all__ = [
    "DECIDED_ON",
    "FIRST",
    "LAST",
    "PEOPLE_OF_FOUR",
    "POLICY",
    "REGION",
    "answer",
    "circumstances",
    "diagnosis",
    "evidence",
    "fact_said",
    "household",
    "income",
    "job_loss",
    "leads_to",
    "open_risk",
    "parameter",
    "policy",
    "report",
    "slow_sale",
]


def answer(verdict: Verdict) -> str:
    """The grade of a firing verdict, the outcome of any other."""
    return str(verdict.outcome if verdict.grade is None else verdict.grade)


def leads_to(procedure: Procedure[StatusT, ActionT], status: StatusT, action: ActionT) -> StatusT | None:
    """Where an action leads from a status, or None where it is not allowed there."""
    step = procedure.find(status, action)
    return None if step is None else step.after
