"""The steps of a placement."""

from typing import Final

from shared.codes.employment import PlacementAction, PlacementStatus
from shared.transitions import Transitions

TRANSITIONS: Final = Transitions(
    "a placement",
    {
        (PlacementStatus.PLACED, PlacementAction.DEPART): PlacementStatus.DEPARTED,
        (PlacementStatus.PLACED, PlacementAction.START): PlacementStatus.STARTED,
        (PlacementStatus.PLACED, PlacementAction.END): PlacementStatus.ENDED,
        (PlacementStatus.DEPARTED, PlacementAction.START): PlacementStatus.STARTED,
        (PlacementStatus.DEPARTED, PlacementAction.END): PlacementStatus.ENDED,
        (PlacementStatus.STARTED, PlacementAction.END): PlacementStatus.ENDED,
    },
)
"""What may be done with a placement, and where it leads. Work near home begins without a departure."""
