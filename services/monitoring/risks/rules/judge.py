"""All rules for one household."""

from collections.abc import Callable, Mapping
from typing import Final

from services.monitoring.risks.rules.accident import judge_accident
from services.monitoring.risks.rules.below_line import judge_below_line
from services.monitoring.risks.rules.disability import judge_disability
from services.monitoring.risks.rules.disaster import judge_disaster
from services.monitoring.risks.rules.dropout import judge_dropout
from services.monitoring.risks.rules.education_cost import judge_education_cost
from services.monitoring.risks.rules.income_drop import judge_income_drop
from services.monitoring.risks.rules.job_loss import judge_job_loss
from services.monitoring.risks.rules.new_illness import judge_new_illness
from services.monitoring.risks.rules.no_labour import judge_no_labour
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.production_failure import judge_production_failure
from services.monitoring.risks.rules.relief_ended import judge_relief_ended
from services.monitoring.risks.rules.reported import judge_reported
from services.monitoring.risks.rules.rigid_expense import judge_rigid_expense
from services.monitoring.risks.rules.slow_sale import judge_slow_sale
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.uninsured import judge_uninsured
from services.monitoring.risks.rules.unsafe_housing import judge_unsafe_housing
from services.monitoring.risks.rules.unsafe_water import judge_unsafe_water
from services.monitoring.risks.rules.verdicts import Verdict
from services.monitoring.risks.rules.zero_job import judge_zero_job
from shared.codes.monitoring import RiskKind

Rule = Callable[[HouseholdState, RuleParameters, LatestRisk | None], Verdict]
"""A rule sees the open risk of its own kind, or None."""

RULES: Final[Mapping[RiskKind, Rule]] = {
    RiskKind.BELOW_LINE: judge_below_line,
    RiskKind.INCOME_DROP: judge_income_drop,
    RiskKind.RIGID_EXPENSE: judge_rigid_expense,
    RiskKind.NEW_ILLNESS: judge_new_illness,
    RiskKind.JOB_LOSS: judge_job_loss,
    RiskKind.DROPOUT: judge_dropout,
    RiskKind.EDUCATION_COST: judge_education_cost,
    RiskKind.DISABILITY: judge_disability,
    RiskKind.NO_LABOUR: judge_no_labour,
    RiskKind.ACCIDENT: judge_accident,
    RiskKind.DISASTER: judge_disaster,
    RiskKind.PRODUCTION_FAILURE: judge_production_failure,
    RiskKind.ZERO_JOB: judge_zero_job,
    RiskKind.UNSAFE_HOUSING: judge_unsafe_housing,
    RiskKind.UNSAFE_WATER: judge_unsafe_water,
    RiskKind.UNINSURED: judge_uninsured,
    RiskKind.RELIEF_ENDED: judge_relief_ended,
    RiskKind.REPORTED: judge_reported,
    RiskKind.SLOW_SALE: judge_slow_sale,
}
_RULES: Final = tuple(RULES.items())


def judge(
    state: HouseholdState, parameters: RuleParameters, risks: Mapping[RiskKind, LatestRisk]
) -> tuple[Verdict, ...]:
    """Return one verdict for each kind of risk, in the order of `RULES`.

    `risks` holds the latest risk of each kind the household ever had; those not open are treated as none. Raises
    ValueError when the window of `state` is not as long as the policy says.
    """
    length = parameters.window_months
    if length is not None and length != state.window.length:
        raise ValueError(f"the policy asks for a window of {length} months, the summary has {state.window.length}")
    return tuple([rule(state, parameters, _open(risks.get(kind))) for kind, rule in _RULES])


def _open(risk: LatestRisk | None) -> LatestRisk | None:
    return risk if risk is not None and risk.is_open else None
