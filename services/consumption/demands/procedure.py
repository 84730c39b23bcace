"""The steps of a demand 采购需求."""

from typing import Final

from services.consumption.buyers.rules import SUPPLYING
from shared.codes.consumption import DemandAction, DemandStatus
from shared.procedures.steps import Procedure, Step

_SUPPLY: Final = (SUPPLYING,)
_OPEN: Final = DemandStatus.OPEN
TRANSITIONS: Final = Procedure(
    "a-demand",
    Step(_OPEN, DemandAction.ADOPT, DemandStatus.ADOPTED, _SUPPLY),
    Step(_OPEN, DemandAction.OVERRULE, DemandStatus.OVERRULED, _SUPPLY, needs=("lines", "note")),
    Step(_OPEN, DemandAction.CLOSE, DemandStatus.CLOSED, _SUPPLY),
)
"""The machine proposes, the supply side decides; deciding otherwise needs a reason.

Closing 关闭 is for whoever speaks for the buyer.
"""
