"""Small households and policies in yuan, the way an official would write them down."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.monitoring.evidence.expense import MEDICAL
from services.monitoring.evidence.illness import DIAGNOSES, Diagnosis
from services.monitoring.evidence.job_loss import JOB_LOSSES, JobLoss
from services.monitoring.ledger.rules.income import IncomeMonth, summarise
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict
from shared.codes.employment import PlacementEndReason
from shared.codes.monitoring import HouseholdCategory, RiskGrade, RiskKind, RiskStatus
from shared.money import parse_yuan
from shared.months import parse_month
from shared.policy.parameters import ParameterValue, ValueStatus
from shared.procedures.steps import ActionT, Procedure, StatusT

DECIDED_ON = date(2026, 11, 1)
LAST = parse_month("2026-10")
FIRST = LAST - 11
REGION = "520626001001"

POLICY: Mapping[str, Any] = {
    "monitoring.income_line": Decimal(8200),
    "monitoring.income_window_months": 12,
    "monitoring.income_min_months": 12,
    "monitoring.income_drop_ratio": Decimal("0.30"),
    "monitoring.near_line_ratio": Decimal("0.20"),
    "monitoring.clear_margin_ratio": Decimal("0.05"),
    "monitoring.serious_illnesses": (
        {"name": "肺癌", "codes": ("C34",)},
        {"name": "急性心肌梗死", "codes": ("I21", "I22")},
        {"name": "终末期肾病", "codes": ("N18.0", "N18.5")},
    ),
    "monitoring.medical_cost_threshold": {"lifted": Decimal(5000), "ordinary": Decimal(20000)},
}


def parameter(key: str, value: Any) -> ParameterValue:
    return ParameterValue(key, value, "unit", f"clause of {key}", ValueStatus.ASSUMED, "here@1")


def policy(**changes: Any) -> RuleParameters:
    """The policy of these tests; a change to None takes the value away."""
    values = {**POLICY, **{f"monitoring.{name}": value for name, value in changes.items()}}
    present = [parameter(key, value) for key, value in values.items() if value is not None]
    return RuleParameters.of(present, region=REGION, decided_on=DECIDED_ON, pack="here@1")


def income(
    window: str,
    *,
    quarter: str | None = None,
    year_before: str | None = None,
    quarter_before: str | None = None,
    self_paid: str = "0.00",
    unknown: tuple[str, ...] = (),
) -> dict[int, IncomeMonth]:
    """Two years of months up to 2026-10, in yuan: every month known, the year before the same unless told otherwise.

    The quarter is earned in the last month, the rest in the first; `unknown` months have no income record at all.
    """
    months = _year(FIRST, window, quarter)
    same_quarter = quarter if year_before is None else None
    months |= _year(FIRST - 12, year_before or window, quarter_before or same_quarter)
    months[LAST].self_paid_compliant = parse_yuan(self_paid)
    for month in unknown:
        months[parse_month(month)].income_facts = 0
    return months


def _year(first: int, total: str, quarter: str | None) -> dict[int, IncomeMonth]:
    whole = parse_yuan(total, signed=True)
    late = whole // 4 if quarter is None else parse_yuan(quarter, signed=True)
    months = {month: IncomeMonth(income_facts=1) for month in range(first, first + 12)}
    months[first].wage = whole - late
    months[first + 11].wage = late
    return months


def household(
    months: Mapping[int, IncomeMonth],
    *,
    members: int = 4,
    able_workers: int = 2,
    fragile_members: int = 0,
    category: HouseholdCategory = HouseholdCategory.ORDINARY,
    diagnoses: tuple[Diagnosis, ...] = (),
    medical: Mapping[int, str] | None = None,
    job_loss: JobLoss | None = None,
) -> HouseholdState:
    return HouseholdState(
        category=category,
        members=members,
        able_workers=able_workers,
        fragile_members=fragile_members,
        window=summarise(months, LAST),
        evidence=evidence(diagnoses, {no: parse_yuan(cost) for no, cost in (medical or {}).items()}, job_loss),
    )


def evidence(
    diagnoses: tuple[Diagnosis, ...] = (), medical: Mapping[int, int] | None = None, job_loss: JobLoss | None = None
) -> dict[str, Any]:
    """What the rules see beside the window."""
    return {DIAGNOSES.name: diagnoses, MEDICAL.name: medical or {}, JOB_LOSSES.name: job_loss}


def diagnosis(
    code: str, *, member_no: int | None = 2, serious: bool = False, main_earner: bool = False, day: int = 3
) -> Diagnosis:
    return Diagnosis(member_no, code, serious, main_earner, date(2026, 10, day))


def job_loss(
    placement: int = 1,
    *,
    lost_on: date = date(2026, 10, 20),
    reason: str = "dismissed",
    regained_by: int | None = None,
    regained_on: date | None = None,
) -> JobLoss:
    """The loss of a numbered placement; `regained_by` is the placement that ended it."""
    since = None if regained_by is None else UUID(int=regained_by)
    return JobLoss(UUID(int=placement), lost_on, PlacementEndReason(reason), since, regained_on)


def open_risk(kind: RiskKind, *keys: str, grade: RiskGrade = RiskGrade.ORANGE, episode: int = 1) -> LatestRisk:
    return LatestRisk(kind, RiskStatus.OPEN, grade, episode, frozenset(keys or (kind,)))


def answer(verdict: Verdict) -> str:
    """The grade of a firing verdict, the outcome of any other."""
    return str(verdict.outcome if verdict.grade is None else verdict.grade)


def leads_to(procedure: Procedure[StatusT, ActionT], status: StatusT, action: ActionT) -> StatusT | None:
    """Where an action leads from a status, or None where it is not allowed there."""
    step = procedure.find(status, action)
    return None if step is None else step.after
