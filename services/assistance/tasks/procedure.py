"""The steps of a task 帮扶任务, and within how many days it is due."""

from typing import Final

from shared.codes.assistance import TaskAction, TaskStatus
from shared.procedures.steps import Procedure, Step

DEADLINE_WORKDAYS: Final = "assistance.task_deadline_workdays"
"""帮扶任务办理时限: working days by grade of the risk."""

_WRITE: Final = ("assistance:write",)
TRANSITIONS: Final = Procedure(
    "a-task",
    Step(TaskStatus.OPEN, TaskAction.ACCEPT, TaskStatus.ACCEPTED, _WRITE),
    Step(TaskStatus.ACCEPTED, TaskAction.START, TaskStatus.IN_PROGRESS, _WRITE),
    Step(TaskStatus.IN_PROGRESS, TaskAction.VERIFY, TaskStatus.VERIFIED, _WRITE, needs=("verdict",)),
    Step(TaskStatus.VERIFIED, TaskAction.CLOSE, TaskStatus.CLOSED, _WRITE),
    Step(TaskStatus.VERIFIED, TaskAction.REOPEN, TaskStatus.OPEN, _WRITE),
    Step(TaskStatus.CLOSED, TaskAction.REOPEN, TaskStatus.OPEN, _WRITE),
)
"""What a person may do, and where it leads. No step can be skipped."""
