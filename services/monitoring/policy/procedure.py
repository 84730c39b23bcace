"""The steps of a policy value 政策参数值, and who takes them."""

from typing import Final

from shared.codes.monitoring import PolicyValueAction, PolicyValueStatus
from shared.procedures.steps import Procedure, Step

WRITE: Final = "monitoring:write"
APPROVE: Final = "monitoring:approve"
_PROPOSED = PolicyValueStatus.PROPOSED
TRANSITIONS: Final = Procedure(
    "a-policy-value",
    Step(
        _PROPOSED,
        PolicyValueAction.APPROVE,
        PolicyValueStatus.APPROVED,
        (APPROVE,),
        checks=PolicyValueAction.PROPOSE,
    ),
    Step(
        _PROPOSED,
        PolicyValueAction.REJECT,
        PolicyValueStatus.REJECTED,
        (APPROVE,),
        checks=PolicyValueAction.PROPOSE,
    ),
    Step(_PROPOSED, PolicyValueAction.WITHDRAW, PolicyValueStatus.WITHDRAWN, (WRITE,)),
)
"""双人复核: whoever proposed a value neither approves nor rejects it. What was approved stays: decisions rest on it."""
