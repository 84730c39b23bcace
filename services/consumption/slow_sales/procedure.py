"""The steps of a slow-sale alert 滞销预警, and who takes each."""

from typing import Final

from shared.codes.slow_sales import SlowSaleAction, SlowSaleStatus
from shared.procedures.steps import Procedure, Step
from shared.regions import RegionLevel

RAISED: Final = "raise"
"""预警: how the history of an alert begins that was judged."""
REPORTED: Final = "report"
"""上报: how the history of what a village reported begins."""
RISEN: Final = "rise"
"""升级: a notice became a warning."""
EASED: Final = "ease"
"""缓解: the signals are gone."""

_TOWNSHIP, _COUNTY = RegionLevel.TOWNSHIP, RegionLevel.COUNTY
_WRITE, _APPROVE = ("consumption:write",), ("consumption:approve",)
_NOTE, _CALL, _REPORT = ("note",), ("call",), ("closing_report",)
TRANSITIONS: Final = Procedure(
    "a-slow-sale",
    Step(SlowSaleStatus.REPORTED, SlowSaleAction.CHECK, SlowSaleStatus.CHECKED, _WRITE, level=_TOWNSHIP),
    Step(SlowSaleStatus.REPORTED, SlowSaleAction.REJECT, SlowSaleStatus.REJECTED, _WRITE, level=_TOWNSHIP, needs=_NOTE),
    Step(SlowSaleStatus.CHECKED, SlowSaleAction.CONFIRM, SlowSaleStatus.OPEN, _APPROVE, level=_COUNTY),
    Step(SlowSaleStatus.CHECKED, SlowSaleAction.REJECT, SlowSaleStatus.REJECTED, _APPROVE, level=_COUNTY, needs=_NOTE),
    Step(SlowSaleStatus.OPEN, SlowSaleAction.RESPOND, SlowSaleStatus.RESPONDING, _APPROVE, level=_COUNTY),
    Step(SlowSaleStatus.RESPONDING, SlowSaleAction.RESPOND, SlowSaleStatus.RESPONDING, _APPROVE, level=_COUNTY),
    Step(
        SlowSaleStatus.RESPONDING,
        SlowSaleAction.CALL,
        SlowSaleStatus.RESPONDING,
        _APPROVE,
        level=_COUNTY,
        needs=_CALL,
    ),
    Step(
        SlowSaleStatus.RESPONDING,
        SlowSaleAction.CLOSE,
        SlowSaleStatus.CLOSED,
        _APPROVE,
        level=_COUNTY,
        needs=_REPORT,
    ),
    Step(SlowSaleStatus.EASED, SlowSaleAction.CLOSE, SlowSaleStatus.CLOSED, _APPROVE, level=_COUNTY, needs=_REPORT),
)
"""What may be done. Where the signals go before anybody has begun, an alert ends by itself; else its report is due."""
