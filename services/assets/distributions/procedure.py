"""The steps of a distribution 收益分配, who takes them, and how long its plan hangs out."""

from typing import Final

from shared.codes.assets import DistributionAction, DistributionStatus
from shared.transitions import Procedure, Step

PUBLICITY_DAYS: Final = "assets.publicity_days"
"""收益分配方案公示天数: natural days a plan hangs out before the township decides."""

_VILLAGE, _ABOVE = ("assets:write",), ("assets:approve",)
TRANSITIONS: Final = Procedure(
    "a distribution",
    {
        (DistributionStatus.DRAFT, DistributionAction.VOTE): Step(DistributionStatus.VOTED, _VILLAGE),
        (DistributionStatus.VOTED, DistributionAction.PUBLISH): Step(DistributionStatus.PUBLISHED, _VILLAGE),
        (DistributionStatus.PUBLISHED, DistributionAction.OBJECT): Step(DistributionStatus.DRAFT, _VILLAGE),
        (DistributionStatus.PUBLISHED, DistributionAction.APPROVE): Step(DistributionStatus.APPROVED, _ABOVE),
        (DistributionStatus.APPROVED, DistributionAction.FILE): Step(DistributionStatus.FILED, _ABOVE),
        (DistributionStatus.FILED, DistributionAction.PAY): Step(DistributionStatus.PAID, _VILLAGE),
    },
)
"""村集体提方案、民主决策、公示、乡镇审批、县级备案、发放: no step can be skipped, and none comes after the payment.

What township and county decide has a scope of its own: the village cannot.
"""
