"""The steps of a distribution 收益分配, who takes them, and how long its plan hangs out."""

from typing import Final

from shared.codes.assets import DistributionAction, DistributionStatus
from shared.procedures.steps import Clock, Procedure, Step
from shared.words.said import says

PUBLICITY_DAYS: Final = "assets.publicity_days"
"""收益分配方案公示天数: natural days a plan hangs out before the township decides."""
_PUBLICITY: Final = Clock(PUBLICITY_DAYS, "publicity_ends_on", "publicity_rule", says("plan-hangs-out"))

_VILLAGE, _ABOVE, _NOTE = ("assets:write",), ("assets:approve",), ("note",)
TRANSITIONS: Final = Procedure(
    "a-distribution",
    Step(DistributionStatus.DRAFT, DistributionAction.VOTE, DistributionStatus.VOTED, _VILLAGE),
    Step(
        DistributionStatus.VOTED, DistributionAction.PUBLISH, DistributionStatus.PUBLISHED, _VILLAGE, begins=_PUBLICITY
    ),
    Step(
        DistributionStatus.PUBLISHED,
        DistributionAction.OBJECT,
        DistributionStatus.DRAFT,
        _VILLAGE,
        needs=_NOTE,
        stops=_PUBLICITY,
    ),
    Step(
        DistributionStatus.PUBLISHED,
        DistributionAction.APPROVE,
        DistributionStatus.APPROVED,
        _ABOVE,
        not_before=_PUBLICITY,
    ),
    Step(DistributionStatus.APPROVED, DistributionAction.FILE, DistributionStatus.FILED, _ABOVE),
    Step(DistributionStatus.FILED, DistributionAction.PAY, DistributionStatus.PAID, _VILLAGE),
)
"""村集体提方案、民主决策、公示、乡镇审批、县级备案、发放: no step can be skipped, and none comes after the payment.

What township and county decide has a scope of its own: the village cannot.
"""
