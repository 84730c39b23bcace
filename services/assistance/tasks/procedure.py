"""The steps of a task 帮扶任务, and within how many days it is due."""

from typing import Final

from shared.codes.assistance import TaskAction, TaskStatus
from shared.transitions import Transitions

DEADLINE_WORKDAYS: Final = "assistance.task_deadline_workdays"
"""帮扶任务办理时限: working days by grade of the risk."""

TRANSITIONS: Final = Transitions(
    "a task",
    {
        (TaskStatus.OPEN, TaskAction.ACCEPT): TaskStatus.ACCEPTED,
        (TaskStatus.ACCEPTED, TaskAction.START): TaskStatus.IN_PROGRESS,
        (TaskStatus.IN_PROGRESS, TaskAction.VERIFY): TaskStatus.VERIFIED,
        (TaskStatus.VERIFIED, TaskAction.CLOSE): TaskStatus.CLOSED,
        (TaskStatus.VERIFIED, TaskAction.REOPEN): TaskStatus.OPEN,
        (TaskStatus.CLOSED, TaskAction.REOPEN): TaskStatus.OPEN,
    },
)
"""What a person may do, and where it leads. No step can be skipped."""
