"""Every procedure names its thing, where it stands and what is not done with it in both languages."""

from typing import Any

import pytest

from services.assets.distributions.procedure import TRANSITIONS as DISTRIBUTIONS
from services.assistance.tasks.procedure import TRANSITIONS as TASKS
from services.consumption.orders.procedure import TRANSITIONS as ORDERS
from services.employment.placements.procedure import TRANSITIONS as PLACEMENTS
from services.monitoring.findings.procedure import TRANSITIONS as FINDINGS
from shared.codes.assets import DistributionAction, DistributionStatus
from shared.codes.assistance import TaskAction, TaskStatus
from shared.codes.consumption import OrderAction, OrderStatus
from shared.codes.employment import PlacementAction, PlacementStatus
from shared.codes.monitoring import FindingAction, FindingStatus
from shared.procedures.errors import TransitionNotAllowed
from shared.procedures.steps import Caller, Procedure
from shared.words.language import Language


@pytest.mark.parametrize(
    ("procedure", "status", "action", "english", "chinese"),
    [
        (
            TASKS,
            TaskStatus.OPEN,
            TaskAction.CLOSE,
            "a task that is open does not close",
            "帮扶任务状态为“待受理”，不能办理“办结”",
        ),
        (
            PLACEMENTS,
            PlacementStatus.ENDED,
            PlacementAction.START,
            "a placement that is ended does not start",
            f"输送记录状态为“{PlacementStatus.ENDED.label_zh}”，不能办理“{PlacementAction.START.label_zh}”",
        ),
        (
            ORDERS,
            OrderStatus.CANCELLED,
            OrderAction.SHIP,
            "an order that is cancelled does not ship",
            f"订单状态为“{OrderStatus.CANCELLED.label_zh}”，不能办理“{OrderAction.SHIP.label_zh}”",
        ),
        (
            DISTRIBUTIONS,
            DistributionStatus.DRAFT,
            DistributionAction.PAY,
            "a distribution that is draft does not pay",
            f"收益分配方案状态为“{DistributionStatus.DRAFT.label_zh}”，不能办理“{DistributionAction.PAY.label_zh}”",
        ),
        (
            FINDINGS,
            FindingStatus.CLEARED,
            FindingAction.EXEMPT,
            "a finding that is cleared does not exempt",
            "疑点状态为“已消除”，不能办理“豁免”",
        ),
    ],
)
def test_a_step_that_is_none_is_refused_in_both_languages(
    procedure: Procedure[Any, Any], status: Any, action: Any, english: str, chinese: str
) -> None:
    with pytest.raises(TransitionNotAllowed) as refused:
        procedure.demand(Caller(procedure.scopes, digits=0), status, action)
    said = refused.value.said
    assert (said.written(Language.EN), said.written(Language.ZH)) == (english, chinese)
