"""What time causes in assistance."""

from services.assistance.measures.commands.overdue import mark_overdue
from services.assistance.measures.commands.recount import recount_answers
from services.assistance.tasks.commands.overdue import tell_overdue
from services.assistance.tasks.commands.recount import recount_deadlines
from shared.house import Job

JOBS = {
    "overdue-tasks": Job(every_seconds=60, command=tell_overdue),
    "overdue-measures": Job(every_seconds=60, command=mark_overdue),
    "recount-deadlines": Job(every_seconds=60, command=recount_deadlines),
    "recount-answers": Job(every_seconds=60, command=recount_answers),
}
