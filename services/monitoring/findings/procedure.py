"""What people do with a finding 疑点处置: exempt it with a reason, and take that back."""

from typing import Final

from shared.codes.monitoring import FindingAction, FindingStatus
from shared.procedures.steps import Procedure, Step
from shared.regions import RegionLevel

_WHO = ("monitoring:write",)
TRANSITIONS: Final = Procedure(
    "a-finding",
    Step(
        FindingStatus.OPEN,
        FindingAction.EXEMPT,
        FindingStatus.EXEMPTED,
        _WHO,
        level=RegionLevel.TOWNSHIP,
        needs=("reason",),
    ),
    Step(FindingStatus.EXEMPTED, FindingAction.REVOKE, FindingStatus.OPEN, _WHO, level=RegionLevel.TOWNSHIP),
)
"""A village does not exempt what it registered itself. All else comes by itself, with the next check."""
