"""All rules for one household."""

from collections.abc import Callable, Mapping
from typing import Final

from services.monitoring.risks.rules.below_line import judge_below_line
from services.monitoring.risks.rules.income_drop import judge_income_drop
from services.monitoring.risks.rules.job_loss import judge_job_loss
from services.monitoring.risks.rules.new_illness import judge_new_illness
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.rigid_expense import judge_rigid_expense
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict
from shared.codes.monitoring import RiskKind

Rule = Callable[[HouseholdState, RuleParameters, LatestRisk | None], Verdict]
"""A rule sees the open risk of its own kind, or None."""

RULES: Final[Mapping[RiskKind, Rule]] = {
    RiskKind.BELOW_LINE: judge_below_line,
    RiskKind.INCOME_DROP: judge_income_drop,
    RiskKind.RIGID_EXPENSE: judge_rigid_expense,
    RiskKind.NEW_ILLNESS: judge_new_illness,
    RiskKind.JOB_LOSS: judge_job_loss,
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
