"""The steps of a request for data 报表数据需求, and who takes them."""

from typing import Final

from shared.codes.monitoring import DataRequestAction, DataRequestStatus
from shared.procedures.steps import Procedure, Step
from shared.regions import RegionLevel

WRITE: Final = "monitoring:write"
APPROVE: Final = "monitoring:approve"
_TOWNSHIP: Final = RegionLevel.TOWNSHIP
OPEN: Final = (DataRequestStatus.REQUESTED, DataRequestStatus.APPROVED)
"""Where something of a request is still to be done."""
TRANSITIONS: Final = Procedure(
    "a-data-request",
    Step(
        DataRequestStatus.REQUESTED,
        DataRequestAction.APPROVE,
        DataRequestStatus.APPROVED,
        (APPROVE,),
        level=_TOWNSHIP,
    ),
    Step(DataRequestStatus.REQUESTED, DataRequestAction.REFUSE, DataRequestStatus.REFUSED, (WRITE,), level=_TOWNSHIP),
    Step(DataRequestStatus.APPROVED, DataRequestAction.DELIVER, DataRequestStatus.DELIVERED, (WRITE,), level=_TOWNSHIP),
)
"""The township 乡镇 decides what its villages are asked for: 报表准入."""
