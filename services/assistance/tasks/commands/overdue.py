"""Tasks whose due date has passed 逾期."""

from services.assistance.models import Task
from services.assistance.tasks.store import STEPS
from shared.codes.assistance import TaskChange, TaskStatus
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.deadlines import Deadlines

_DEADLINES = Deadlines(table_of(Task), STEPS, ended=[TaskStatus.CLOSED], action=TaskChange.OVERDUE, details=["verdict"])


def tell_overdue(uow: UnitOfWork) -> bool:
    """Have the history of each overdue task say so, once; tells whether more is waiting."""
    return _DEADLINES.tell(uow)
