"""What time causes in assistance."""

from services.assistance.commands.deadlines import recount_deadlines
from services.assistance.commands.measures import mark_overdue, recount_answers
from shared.house import Job

JOBS = {
    "overdue-measures": Job(every_seconds=60, command=mark_overdue),
    "recount-deadlines": Job(every_seconds=60, command=recount_deadlines),
    "recount-answers": Job(every_seconds=60, command=recount_answers),
}
