"""产品滞销: what the household makes does not sell, and its cooperative or firm says so with it."""

from typing import Final

from services.monitoring.evidence.slow_sale import SLOW_SALES, SlowSale
from services.monitoring.risks.rules.found import Found, answer
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.SLOW_SALE
_CLEARED: Final = says("no-slow-sale")


def judge_slow_sale(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while a warning 滞销预警 of something stands from which the household has operating income; orange.

    A reason for each warning. Consumption decides what sells slowly, by its own parameters. Source: 靖边 二(三), which
    counts 产品滞销 among the risks of production.
    """
    return answer(_KIND, [_exposed(one) for one in state.sees(SLOW_SALES)], open_risk, parameters, (), cleared=_CLEARED)


def _exposed(one: SlowSale) -> Found:
    inputs = {
        "commodity_code": one.commodity_code,
        "exposed_on": one.exposed_on.isoformat(),
        "alert_id": str(one.alert_id),
    }
    return Found(str(one.alert_id), says("made-and-not-sold"), inputs)


def _may_speak(figures: Figures, _: RuleParameters) -> Truth:
    return figures.may_see(SLOW_SALES)


QUIET_SLOW_SALE: Final = Quiet(_may_speak)
