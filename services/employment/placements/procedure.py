"""The steps of a placement 输送就业."""

from typing import Final

from shared.codes.employment import PlacementAction, PlacementStatus
from shared.procedures.steps import Procedure, Step

PLACED: Final = "place"
"""岗位匹配: how the history of a placement begins."""

_WRITE, _REASON = ("employment:write",), ("reason",)
TRANSITIONS: Final = Procedure(
    "a-placement",
    Step(PlacementStatus.PLACED, PlacementAction.DEPART, PlacementStatus.DEPARTED, _WRITE),
    Step(PlacementStatus.PLACED, PlacementAction.START, PlacementStatus.STARTED, _WRITE),
    Step(PlacementStatus.PLACED, PlacementAction.END, PlacementStatus.ENDED, _WRITE, needs=_REASON),
    Step(PlacementStatus.DEPARTED, PlacementAction.START, PlacementStatus.STARTED, _WRITE),
    Step(PlacementStatus.DEPARTED, PlacementAction.END, PlacementStatus.ENDED, _WRITE, needs=_REASON),
    Step(PlacementStatus.STARTED, PlacementAction.END, PlacementStatus.ENDED, _WRITE, needs=_REASON),
)
"""What may be done with a placement, and where it leads. Work near home begins without a departure."""
