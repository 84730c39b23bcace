"""What time causes in assistance."""

from services.assistance.commands.measures import mark_overdue
from shared.house import Job

JOBS = {
    "overdue-measures": Job(every_seconds=60, command=mark_overdue),
}
